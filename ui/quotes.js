// The quote behind a mark: shown while the mark is pointed at with a mouse or has the keyboard's focus. It stays while
// the pointer is on it, and Escape puts it away. On touch screens a tap opens the source instead.
(() => {
  const GRACE = 250; // milliseconds to move the pointer from the mark to the quote
  const EDGE = 8; // pixels kept free around it
  let shown = null;
  let leaving = 0;

  const quoteOf = (mark) => document.getElementById(mark.getAttribute("aria-describedby"));

  function hide() {
    clearTimeout(leaving);
    if (shown?.isConnected) shown.hidePopover?.();
    shown = null;
  }

  function show(mark) {
    clearTimeout(leaving);
    const quote = quoteOf(mark);
    if (!quote || quote === shown) return;
    hide();
    quote.showPopover?.();
    shown = quote;
    const at = mark.getBoundingClientRect();
    const { width, height } = quote.getBoundingClientRect();
    const left = Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - EDGE);
    const below = at.bottom + EDGE / 2;
    quote.style.left = `${Math.max(EDGE, left)}px`;
    quote.style.top = `${below + height + EDGE <= innerHeight ? below : Math.max(EDGE, at.top - height - EDGE / 2)}px`;
  }

  const markAt = (event) => event.target.closest?.(".mark[aria-describedby]");

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const mark = markAt(event);
    if (mark) show(mark);
    else if (event.target.closest?.(".quote")) clearTimeout(leaving);
  });
  document.addEventListener("pointerout", (event) => {
    if (event.pointerType !== "mouse" || !shown || !(markAt(event) || event.target.closest?.(".quote"))) return;
    clearTimeout(leaving);
    leaving = setTimeout(() => {
      const focused = document.activeElement?.matches(".mark:focus-visible") && quoteOf(document.activeElement);
      if (focused !== shown) hide();
    }, GRACE);
  });
  document.addEventListener("focusin", (event) => {
    const mark = markAt(event);
    if (mark?.matches(":focus-visible")) show(mark);
  });
  document.addEventListener("focusout", (event) => {
    if (markAt(event)) hide();
  });
  // Before the page's own Escape, which closes the drawer: the first press only puts the quote away.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !shown) return;
      hide();
      event.stopImmediatePropagation();
    },
    true,
  );
  document.addEventListener("click", (event) => markAt(event) && hide());
  document.addEventListener("scroll", (event) => event.target === shown || hide(), true);
})();
