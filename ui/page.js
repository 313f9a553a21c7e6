// The page's own buttons, focus and scrolling. Everything else is Gradio's; nothing here builds markup.
(() => {
  let counter = 0;
  let opener = null; // the button that opened a source, to come back to

  const find = (selector) => document.querySelector(selector);
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  function fill(selector, action) {
    const box = find(`${selector} textarea, ${selector} input`);
    if (!box) return;
    counter += 1; // the same button twice is two events
    box.value = `${action}#${counter}`;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What turns the panel has a box of its own: then Gradio makes the panel anew, and nothing else.
  const TURNS = /^(cite|found|sources|documents?|search|results?|section|version|quote)\b/;
  function send(action) {
    fill(TURNS.test(action) ? "#turn" : "#action", action);
  }

  function focusQuestion() {
    find("#question textarea")?.focus();
  }

  function setDrawer(open) {
    find("#page").classList.toggle("drawer-open", open);
  }

  function back() {
    setDrawer(false);
    const again = opener && find(`:is(#log, #masthead) [data-send="${CSS.escape(opener)}"]`);
    if (again) again.focus();
    else if (!focusJudged()) focusQuestion();
  }

  // An answer was judged, or no longer is: its buttons gave way to others.
  function focusJudged() {
    const number = opener?.match(/^(?:judge|withdraw):(\d+)/)?.[1];
    const button = number && find(`#log :is([data-send="withdraw:${number}"], [data-send="judge:${number}.up"])`);
    button?.focus();
    return Boolean(button);
  }

  function showWithdrawn() {
    const gone = opener?.startsWith("withdraw:") && !find(`#log [data-send="${opener}"]`);
    if (gone && document.activeElement === document.body) focusJudged();
    if (gone) opener = null;
  }

  function press(button) {
    const action = button.dataset.send;
    if (button.closest("#log, #masthead")) opener = action;
    for (const mark of document.querySelectorAll("#log [aria-current]")) mark.removeAttribute("aria-current");
    if (action.startsWith("cite:")) find(`#log [data-send="${CSS.escape(action)}"]`)?.setAttribute("aria-current", "true");
    if (TURNS.test(action)) awaitSource(action);
    if (action.startsWith("judge:")) {
      setDrawer(true);
      formAwaited = true;
      showForm(); // it may be there already
    }
    if (action === "new") {
      setDrawer(false);
      focusQuestion();
    }
    if (action.startsWith("edit:")) focusQuestion();
    if (action.startsWith("download:")) find("#conversations").hidePopover();
    send(action);
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-search]")) return;
    event.preventDefault();
    const action = `search:${event.target.querySelector("input").value.trim()}`;
    awaitSource(action);
    send(action);
  });

  function ask(what) {
    fill("#asked", what);
  }

  function say(text) {
    const place = find("[data-said]");
    if (place) place.textContent = text;
  }

  // What happened is said to screen readers and stands on the button for a moment.
  async function copy(button, text) {
    const words = find("#masthead [data-copied]").dataset;
    let said = words.copied;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      said = words.failed; // forbidden, or not a secure address
    }
    say("");
    const label = button.dataset.label ?? (button.dataset.label = button.textContent);
    button.textContent = said;
    requestAnimationFrame(() => say(said)); // an emptied region says the same words again
    setTimeout(() => (button.textContent = label), 2500);
  }

  document.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-ask], [data-copy], [data-link]");
    if (!tool) return;
    if (tool.dataset.ask) ask(tool.dataset.ask);
    else copy(tool, tool.dataset.copy ?? new URL(tool.dataset.link, location.href).href);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-send], [data-close], [data-return]");
    if (!button) return;
    if (button.dataset.send) press(button);
    else back();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && find("#page").classList.contains("drawer-open")) back();
  });

  // Something was opened in the panel: bring its place into view, and the reader's focus to its title, once it is there.
  let awaited = null; // the action that the reader sent and whose outcome is not there yet
  function awaitSource(action) {
    awaited = action;
    setDrawer(true);
    showSource(); // it may be there already
  }

  function showSource() {
    reveal(find("#sources .document"), find("#sources [data-here]") || find("#sources .text mark"), 1 / 4);
    reveal(find("#sources .outline ol"), find("#sources .outline [aria-current]"), 1 / 3);
    if (!awaited || find("#feedback") || find("#sources [data-shows]")?.dataset.shows !== awaited) return;
    awaited = null;
    (find("#sources [data-focus]") || find("#sources-heading")).focus({ preventScroll: true });
  }

  function reveal(box, place, share) {
    if (!box || !place) return;
    const top = place.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
    box.scrollTop = Math.max(0, top - box.clientHeight * share);
  }

  // The form for feedback came or went: so does the reader's focus, unless it is somewhere else already.
  let formAwaited = false;
  let formShown = false;
  function showForm() {
    const heading = find("#feedback-heading");
    const lost = document.activeElement === document.body || formAwaited;
    if (heading && lost) heading.focus();
    if (!heading && formShown && awaited) showSource();
    else if (!heading && formShown && lost) back();
    if (heading) formAwaited = false;
    formShown = Boolean(heading);
  }

  function bringUp(exchange) {
    const log = find("#log");
    const top = exchange.getBoundingClientRect().top - log.getBoundingClientRect().top + log.scrollTop;
    log.scrollTo({ top: top - 24, behavior: calm() ? "auto" : "smooth" });
  }

  // A new question goes to the top once; after that the page stays where the reader is.
  let shown = "";
  function showQuestion() {
    const exchange = find("#current .exchange");
    const number = exchange?.dataset.exchange ?? "";
    if (number === shown) return;
    shown = number;
    awaited = null;
    if (!exchange) return;
    setDrawer(false);
    bringUp(exchange);
    // The button that was pressed has given way to another: typing goes on, unless that opens a phone's keyboard.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body && !matchMedia("(pointer: coarse)").matches) focusQuestion();
    });
  }

  let greeted = false;
  function showLanguage() {
    const masthead = find("#masthead [data-language]");
    if (!masthead) return;
    const begins = !greeted && !document.documentElement.classList.contains("embedded");
    greeted = true;
    if (begins && document.activeElement === document.body) focusQuestion();
    document.documentElement.lang = masthead.dataset.language;
    find("#log")?.setAttribute("aria-label", masthead.dataset.conversation);
  }

  let fetched = ""; // Gradio may draw the same link twice
  function fetchFile() {
    const link = find("#download a");
    if (!link || link.href === fetched) return;
    fetched = link.href;
    link.click();
  }

  function watch(selector, react) {
    const element = find(selector);
    if (!element) return false;
    new MutationObserver(react).observe(element, { childList: true, subtree: true });
    react();
    return true;
  }

  // Gradio's components take no ARIA attributes. The log itself is silent while sentences are drawn anew; what is new
  // is said once, by the announcement.
  const ROLES = {
    "#announcement": { role: "status" },
    "#message": { role: "alert" },
    "#log": { role: "log", "aria-live": "off", tabindex: "0" },
    "#conversations": { popover: "" },
    "#sources-pane": { role: "complementary", "aria-labelledby": "sources-heading" },
  };
  function describe() {
    for (const [selector, attributes] of Object.entries(ROLES))
      for (const [name, value] of Object.entries(attributes)) find(selector)?.setAttribute(name, value);
  }

  // Gradio draws the page after this script has run.
  new MutationObserver((_, waiting) => {
    if (!find("#sources") || !find("#current") || !find("#masthead") || !find("#announcement")) return;
    waiting.disconnect();
    describe();
    watch("#sources", showSource);
    watch("#sources-pane", showForm);
    watch("#log", showWithdrawn);
    watch("#current", showQuestion);
    watch("#masthead", showLanguage);
    watch("#download", fetchFile);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
