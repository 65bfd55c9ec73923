// The inbox stays up to date without a reload: the count in the shell, the lists on the page. Asks the server every
// twenty seconds while the page is seen; an unchanged inbox answers 304. A hidden tab asks nothing until it is seen again.
(() => {
  "use strict";
  const link = document.querySelector("[data-live]");
  if (!link) return;
  const EVERY = 20_000;
  const count = link.querySelector(".cnt");
  const news = document.getElementById("live-news");
  const entry = [...document.querySelectorAll(".side a")].find((one) => one.getAttribute("href") === link.getAttribute("href"));
  let mark = "";
  let timer;
  let failures = 0;
  let stale = false;

  function show(inbox) {
    const before = count.hidden ? 0 : Number(count.textContent);
    link.setAttribute("aria-label", inbox.label);
    count.textContent = String(inbox.tasks);
    count.hidden = inbox.tasks === 0;
    if (entry) {
      let figure = entry.querySelector("i");
      if (!figure && inbox.tasks) figure = entry.appendChild(document.createElement("i"));
      if (figure && inbox.tasks) figure.textContent = String(inbox.tasks);
      else figure?.remove();
    }
    // Said aloud only when there is more to do than before.
    if (news && inbox.tasks > before) news.textContent = inbox.label;
  }

  // A list that somebody is working in is not pulled away; it follows at the next turn.
  const busy = (place) => place.contains(document.activeElement) || place.querySelector("details[open]") !== null;

  function refresh() {
    stale = false;
    for (const place of document.querySelectorAll("[data-live-list], [data-live-part]")) {
      const id = place.dataset.liveList ?? place.id;
      if (busy(place)) stale = true;
      else window.htmx?.ajax("GET", location.href, { target: `#${id}`, select: `#${id}`, swap: "outerHTML show:none" });
    }
  }

  async function ask() {
    clearTimeout(timer);
    if (document.hidden) return;
    try {
      const headers = { Accept: "application/json" };
      if (mark) headers["If-None-Match"] = mark;
      const answer = await fetch(link.dataset.live, { headers, credentials: "same-origin", cache: "no-store" });
      if (answer.status === 401 || answer.status === 403) return; // signed out: the next page says so
      failures = answer.ok || answer.status === 304 ? 0 : failures + 1;
      if (answer.status === 200) {
        mark = answer.headers.get("ETag") ?? "";
        show(await answer.json());
        refresh();
      } else if (stale) refresh();
    } catch {
      failures += 1;
    }
    clearTimeout(timer);
    timer = setTimeout(ask, EVERY * 2 ** Math.min(failures, 4));
  }

  document.addEventListener("visibilitychange", ask);
  timer = setTimeout(ask, EVERY);
})();
