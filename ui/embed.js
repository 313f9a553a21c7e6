// In a frame on another site (`?embed=1`, see docs/embedding.md) the page is compact, and leaves focus to that site.
document.documentElement.classList.toggle("embedded", new URLSearchParams(location.search).get("embed") === "1");
