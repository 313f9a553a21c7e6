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
