// What is wrong with a page as it would be printed: wide, clipped, to press, rows that break, dark.
() => {
  const seen = (one) => one && getComputedStyle(one).display !== "none" && one.getClientRects().length > 0;
  const said = (one) => `${one.tagName}.${one.className}`;
  const width = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll("main table, main svg, main canvas, main .card")].filter((one) => seen(one) && one.getBoundingClientRect().right > width + 1);
  const clipped = [...document.querySelectorAll("main *")].filter((one) => seen(one) && !one.closest("svg, .vh, .badge, .st") && getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1);
  const pressed = [...document.querySelectorAll(".top, .side, .skip, .bar-acts, .crumbs, button, input, .btn")].filter(seen);
  const rows = [...document.querySelectorAll("main tbody tr")].filter((one) => seen(one) && getComputedStyle(one).breakInside !== "avoid");
  const dark = [...document.querySelectorAll("body, main, main .card, main td")].filter((one) => { const c = getComputedStyle(one).backgroundColor.match(/[\d.]+/g).map(Number); return seen(one) && (c.length < 4 || c[3] > 0) && Math.min(c[0], c[1], c[2]) < 200; });
  return { wide: wide.map(said), clipped: clipped.map(said), pressed: pressed.map(said), rows: rows.map(said), dark: dark.map(said), head: document.querySelector(".paper").innerText, isShown: seen(document.querySelector(".paper")) };
}
