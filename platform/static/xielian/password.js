// A look at a password that is being typed; it is hidden again before it is sent.
(() => {
  "use strict";
  const turn = (button, open) => {
    const field = document.getElementById(button.getAttribute("aria-controls"));
    if (!field) return;
    field.type = open ? "text" : "password";
    button.setAttribute("aria-pressed", String(open));
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-look]");
    if (button) turn(button, button.getAttribute("aria-pressed") !== "true");
  });
  const hide = (within) => { for (const button of within.querySelectorAll("[data-look][aria-pressed=true]")) turn(button, false); };
  // The browser keeps what stands in plain fields for other forms; and nobody's back shows it after "back".
  document.addEventListener("submit", (event) => hide(event.target), true);
  addEventListener("pagehide", () => hide(document));
})();
