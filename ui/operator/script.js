// While an update runs, its lines come as they are said.
(() => {
  const state = document.querySelector("#state");
  const lines = document.querySelector("#lines");
  if (!state?.hasAttribute("data-running")) return;

  async function look() {
    const response = await fetch("/operator/rebuild", { redirect: "error" });
    const progress = await response.json();
    if (state.textContent !== progress.state) state.textContent = progress.state;
    lines.textContent = progress.lines.join("\n");
    lines.hidden = progress.lines.length === 0;
    document.querySelector("#start").disabled = progress.running;
    return progress.running;
  }

  async function follow() {
    if (await look().catch(() => true)) setTimeout(follow, 1000); // a lost answer: asked again
  }
  follow();
})();

// While a change is prepared, what is being done is said; when it is, the page shows what came of it.
(() => {
  const stage = document.querySelector("#stage[data-running]");
  if (!stage) return;

  async function look() {
    const response = await fetch("/operator/documents/stage", { redirect: "error" });
    const progress = await response.json();
    if (!progress.running) location.reload();
    else if (stage.textContent !== progress.state) stage.textContent = progress.state;
    return progress.running;
  }

  async function follow() {
    if (await look().catch(() => true)) setTimeout(follow, 1000); // a lost answer: asked again
  }
  follow();
})();
