// Charts: JSON beside each place, drawn in the page's colours and drawn anew when these change.
(() => {
  "use strict";
  const library = document.currentScript.dataset.echarts;
  const drawn = new Map();
  const token = (name) => {
    // light-dark() resolves only on a real property.
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  };
  function coloured(value, cache) {
    if (typeof value === "string" && value.startsWith("@")) return (cache[value] ??= token(value.slice(1)));
    if (Array.isArray(value)) return value.map((one) => coloured(one, cache));
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, coloured(one, cache)]));
    return value;
  }
  const axis = { axisLine: { lineStyle: { color: "@line-2" } }, axisTick: { show: false }, axisLabel: { color: "@ink-3" }, splitLine: { lineStyle: { color: "@line" } } };
  function finished(option) {
    const cache = {};
    const whole = {
      animation: false,
      // Drawn on the canvas: a tooltip in HTML would need inline styles, which the security policy refuses.
      tooltip: { trigger: option.xAxis ? "axis" : "item", renderMode: "richText", valueFormatter: (value) => (typeof value === "number" ? new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 }).format(value) : value), backgroundColor: "@ink", borderWidth: 0, textStyle: { color: "@surface", fontSize: 12 } },
      ...option,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: "@ink-2", fontSize: 12 },
    };
    for (const name of ["xAxis", "yAxis"]) {
      if (!whole[name]) continue;
      whole[name] = [].concat(whole[name]).map((one) => ({ ...axis, ...one }));
    }
    whole.series = (whole.series || []).map((one) => ({ ...one, label: { color: "@ink-2", ...one.label } }));
    return coloured(whole, cache);
  }
  function draw(place) {
    const data = document.getElementById(place.dataset.chart);
    if (!data) return;
    const chart = drawn.get(place) || window.echarts.init(place, null, { renderer: "canvas" });
    drawn.set(place, chart);
    chart.setOption(finished(JSON.parse(data.textContent)), true);
    place.dispatchEvent(new CustomEvent("xl-chart", { detail: chart, bubbles: true }));
  }
  function all(within) {
    const places = [...within.querySelectorAll("[data-chart]")].filter((place) => !drawn.has(place));
    if (!places.length) return;
    if (window.echarts) return places.forEach(draw);
    const script = document.createElement("script");
    script.src = library;
    script.onload = () => places.forEach(draw);
    document.head.append(script);
  }
  all(document);
  document.addEventListener("htmx:load", (event) => all(event.target));
  document.addEventListener("xl-theme", () => drawn.forEach((_chart, place) => place.isConnected && draw(place)));
  addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
})();
