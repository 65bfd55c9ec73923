// Runs before the page is painted: the reader's colours, and a mark that scripts are there.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const theme = root.dataset.theme || "auto";
    const shown = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
    if (root.dataset.bsTheme !== shown) {
      root.dataset.bsTheme = shown;
      document.dispatchEvent(new CustomEvent("xl-theme", { detail: shown }));
    }
  };
  apply();
  dark.addEventListener("change", apply);
  window.xlTheme = (theme) => {
    root.dataset.theme = theme;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `xl_theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    apply();
    document.dispatchEvent(new CustomEvent("xl-theme", { detail: root.dataset.bsTheme }));
  };
})();
