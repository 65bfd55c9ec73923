// The shell: menus, drawer, search key, theme button, lost connection.
(() => {
  "use strict";
  const root = document.documentElement;
  const body = document.body;
  const one = (selector, from = document) => from.querySelector(selector);

  // Menus are <details>; a click elsewhere or Escape closes them.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const closer = event.target.closest("[data-dismiss]");
    if (closer) closer.parentElement.remove();
    const printer = event.target.closest("[data-print]");
    if (printer) window.print();
    const copier = event.target.closest("[data-copy]");
    if (copier) navigator.clipboard?.writeText(copier.dataset.copy);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = one("details.menu[open]");
      if (open) {
        open.open = false;
        one("summary", open)?.focus();
      } else drawer(false);
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      const box = one(".srch input");
      if (!box) return;
      event.preventDefault();
      if (box.offsetParent === null) location.assign(box.form.action);
      else {
        box.focus();
        box.select();
      }
    }
  });

  // The drawer on a phone.
  const opener = one("#drawer-open");
  const veil = one("#drawer-veil");
  const side = one("#side");
  function drawer(open) {
    if (!opener || opener.getAttribute("aria-expanded") === String(open)) return;
    body.classList.toggle("drawer-open", open);
    opener.setAttribute("aria-expanded", String(open));
    veil.hidden = !open;
    if (open) one("a", side)?.focus();
    else opener.focus();
  }
  opener?.addEventListener("click", () => drawer(opener.getAttribute("aria-expanded") !== "true"));
  veil?.addEventListener("click", () => drawer(false));

  // Light, dark, as the device.
  const order = ["light", "dark", "auto"];
  const toggle = one("[data-theme-toggle]");
  toggle?.addEventListener("click", (event) => {
    event.preventDefault();
    const next = order[(order.indexOf(root.dataset.theme) + 1) % order.length];
    window.xlTheme(next);
    toggle.value = order[(order.indexOf(next) + 1) % order.length];
    toggle.setAttribute("aria-label", toggle.dataset[next]);
  });

  // A lost connection says so, and says when it is back.
  const strip = one("#offline");
  const connection = () => {
    if (!strip) return;
    strip.hidden = navigator.onLine;
    one("span", strip).textContent = navigator.onLine ? "" : body.dataset.lost;
  };
  addEventListener("online", connection);
  addEventListener("offline", connection);
  document.addEventListener("htmx:sendError", () => {
    if (!strip) return;
    strip.hidden = false;
    one("span", strip).textContent = body.dataset.lost;
  });
  connection();

  // What scrolls sideways can be reached and scrolled by keyboard.
  const reachable = () => {
    for (const place of document.querySelectorAll(".scroll, .trail, .steps, .tabs")) {
      if (place.scrollWidth > place.clientWidth + 1) place.tabIndex = 0;
      else place.removeAttribute("tabindex");
    }
  };
  reachable();
  addEventListener("resize", reachable);
  document.addEventListener("htmx:load", reachable);

  // htmx sends the form token where a page has no form of its own.
  document.addEventListener("htmx:configRequest", (event) => {
    const token = one("[name=csrfmiddlewaretoken]")?.value;
    if (token) event.detail.headers["X-CSRFToken"] = token;
  });
  // Empty fields do not belong into the address.
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches?.("[data-list]")) return;
    const sent = event.detail.formData;
    for (const [name, value] of [...sent.entries()]) if (value === "") sent.delete(name);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-list]") || form.hasAttribute("hx-get")) return;
    for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
  });
  // A panel of checkboxes stays open while one ticks; focus stays where it was.
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.target.matches?.(".list")) return;
    const focus = document.activeElement;
    const menus = [...event.detail.target.querySelectorAll("details.menu")];
    kept = { open: menus.findIndex((menu) => menu.open), name: focus?.name, value: focus?.value, at: focus?.selectionStart };
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const list = document.getElementById(event.detail.target.id);
    if (!kept || !list) return;
    if (kept.open >= 0) {
      const menu = list.querySelectorAll("details.menu")[kept.open];
      if (menu) menu.open = true;
    }
    if (kept.name) {
      const fields = [...list.querySelectorAll(`[name="${CSS.escape(kept.name)}"]`)].filter((f) => f.type !== "hidden");
      const field = fields.find((f) => f.type !== "checkbox" || f.value === kept.value) || fields[0];
      field?.focus();
      if (field && kept.at != null && field.setSelectionRange && field.type !== "checkbox") {
        try { field.setSelectionRange(kept.at, kept.at); } catch { /* date fields have no caret */ }
      }
    }
    kept = null;
  });
})();
