// What makes pages quicker to use. Every page is complete without it.
(() => {
  "use strict";
  const own = document.currentScript;

  // "/" leads to the search box.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const box = document.querySelector("[data-hotkey='/']");
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  });

  document.addEventListener("click", (event) => {
    const print = event.target.closest("[data-print]");
    if (print) {
      event.preventDefault();
      window.print();
    }
    const copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      navigator.clipboard.writeText(copy.dataset.copy).then(() => {
        const said = copy.dataset.copied;
        if (said) copy.textContent = said;
      });
    }
  });

  // A file that is dropped on a form goes into its field.
  for (const type of ["dragover", "drop"]) {
    document.addEventListener(type, (event) => {
      const zone = event.target.closest && event.target.closest("[data-drop]");
      if (!zone) return;
      event.preventDefault();
      const field = zone.querySelector("input[type=file]");
      if (type === "drop" && field && event.dataTransfer.files.length) {
        field.files = event.dataTransfer.files;
        field.form.requestSubmit ? field.form.requestSubmit() : field.form.submit();
      }
    });
  }

  // A choice that is a form of its own needs no button.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosend]");
    if (form) form.requestSubmit ? form.requestSubmit() : form.submit();
  });

  // Charts: drawn from the table that stands beside them, when they come into view.
  let library;
  const load = () => {
    library = library || new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = own.dataset.charts;
      script.onload = () => done(window.echarts);
      script.onerror = fail;
      document.head.append(script);
    });
    return library;
  };
  const number = (cell) => Number(cell.dataset.value || cell.textContent.replace(/[^0-9.-]/g, ""));
  const draw = (figure) => load().then((echarts) => {
    const rows = [...figure.querySelectorAll("tbody tr")];
    const heads = [...figure.querySelectorAll("thead th")].slice(1);
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const room = document.createElement("div");
    room.className = "chart-room";
    room.setAttribute("aria-hidden", "true");
    figure.prepend(room);
    const still = figure.querySelector("svg.picture");
    if (still) still.remove();
    const chart = echarts.init(room, null, { renderer: "svg" });
    chart.setOption({
      animation: false,
      color: [colour("--series"), colour("--q3"), colour("--expect")],
      textStyle: { color: colour("--text-2") },
      tooltip: { trigger: "axis" },
      grid: { left: 40, right: 12, top: 12, bottom: 24 },
      xAxis: { type: "category", data: rows.map((row) => row.cells[0].textContent) },
      yAxis: { type: "value", splitLine: { lineStyle: { color: colour("--grid") } } },
      series: heads.map((head, at) => ({
        name: head.textContent,
        type: figure.dataset.chart || "bar",
        data: rows.map((row) => number(row.cells[at + 1])),
      })),
    });
    window.addEventListener("resize", () => chart.resize());
  });

  const begin = (root) => {
    const focus = root.querySelector("[data-focus]");
    if (focus) focus.focus();
    if (own.dataset.charts && "IntersectionObserver" in window) {
      const seen = new IntersectionObserver((entries) => {
        for (const entry of entries.filter((entry) => entry.isIntersecting)) {
          seen.unobserve(entry.target);
          draw(entry.target);
        }
      });
      root.querySelectorAll("figure[data-chart]").forEach((figure) => seen.observe(figure));
    }
  };
  begin(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt === document.body) return;
    begin(event.detail.elt);
    // A list that was narrowed or turned over: who does not see it hears where the reader is now.
    if (event.detail.elt.id === "main") event.detail.elt.focus({ preventScroll: true });
  });
})();
