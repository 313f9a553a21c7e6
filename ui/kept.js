// Conversations kept in this browser, once that is switched on. They are stored and read here; what is seen of them is
// rendered by the server, which gets the list (and a conversation that is opened) through a hidden box.
(() => {
  const ON = "assistant.keep";
  const TALK = "assistant.talk.";
  const MOST = 30;
  let counter = 0;

  const find = (selector) => document.querySelector(selector);

  function stored(id) {
    try {
      return JSON.parse(localStorage.getItem(TALK + id));
    } catch {
      return null; // damaged, or the browser allows no storage
    }
  }

  function listed() {
    const ids = Object.keys(localStorage).filter((key) => key.startsWith(TALK)).map((key) => key.slice(TALK.length));
    const entries = ids.map((id) => ({ ...stored(id), id }));
    const sound = entries.filter(({ id, title, at }) => /^[0-9a-f]{16}$/.test(id) && title?.trim?.() && at > 0);
    return sound.sort((one, other) => other.at - one.at);
  }

  function shelf() {
    try {
      const items = listed().slice(0, MOST);
      return {
        on: localStorage.getItem(ON) === "1",
        items: items.map(({ id, title, at }) => ({ id, title: title.trim().slice(0, 120), day: new Date(at).toISOString().slice(0, 10) })),
      };
    } catch {
      return { on: false, items: [] };
    }
  }

  function send(opened = null) {
    const box = find("#kept textarea, #kept input");
    if (!box) return;
    counter += 1;
    box.value = JSON.stringify({ n: counter, shelf: shelf(), opened });
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Browsers may have no room, or forbid storing; then the list that is sent shows that nothing is kept.
  function put(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      const said = find("[data-said]");
      if (said) said.textContent = find("#conversations [data-failed]")?.dataset.failed ?? "";
    }
  }

  let taken = "";
  function keep() {
    const offered = find("#keep [data-talk]");
    if (!offered) return;
    const { id, title, talk } = offered.dataset;
    if (talk === taken) return; // drawn again; it may have been deleted meanwhile
    taken = talk;
    const before = stored(id);
    put(TALK + id, JSON.stringify({ title: before?.title ?? title, at: Date.now(), talk: JSON.parse(talk) }));
    for (const { id: oldest } of listed().slice(MOST)) localStorage.removeItem(TALK + oldest);
    send();
  }

  const DO = {
    switch(id, button) {
      const on = button.getAttribute("aria-checked") !== "true";
      if (on) put(ON, "1");
      else localStorage.removeItem(ON);
    },
    rename(id, button) {
      const entry = stored(id);
      const title = prompt(button.dataset.prompt, entry.title)?.trim().slice(0, 120);
      if (title) put(TALK + id, JSON.stringify({ ...entry, title }));
    },
    delete(id, button) {
      if (confirm(button.dataset.prompt)) localStorage.removeItem(TALK + id);
    },
    clear(id, button) {
      if (!confirm(button.dataset.prompt)) return;
      for (const { id: each } of listed()) localStorage.removeItem(TALK + each);
    },
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-kept]");
    if (!button) return;
    const [verb, id] = button.dataset.kept.split(":");
    if (verb === "open") {
      send(stored(id)?.talk ?? {}); // what is not there is refused in words
      find("#conversations").hidePopover();
      find("#question textarea")?.focus();
      return;
    }
    DO[verb](id, button);
    refocus = button.dataset.kept;
    send();
  });

  // The list is drawn anew after each change: the reader's focus goes back to the same button, or to the switch.
  let refocus = "";
  function focusAgain() {
    if (!refocus || document.activeElement !== document.body || !find("#conversations:popover-open")) return;
    const again = find(`#conversations [data-kept="${CSS.escape(refocus)}"]`) ?? find('#conversations [role="switch"]');
    again?.focus();
  }

  addEventListener("storage", () => send()); // changed in another tab

  let begun = false;
  function begin() {
    if (begun || !find("#masthead [data-language]")) return;
    begun = true;
    const now = shelf();
    if (now.on || now.items.length) send();
  }

  new MutationObserver((_, waiting) => {
    if (!find("#keep") || !find("#conversations") || !find("#masthead")) return;
    waiting.disconnect();
    for (const [selector, react] of [["#keep", keep], ["#masthead", begin], ["#conversations", focusAgain]]) {
      new MutationObserver(react).observe(find(selector), { childList: true, subtree: true });
      react();
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
