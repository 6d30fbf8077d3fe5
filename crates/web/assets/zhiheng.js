// What makes pages quicker to use. Every page is complete without it.
(() => {
  "use strict";

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

  const begin = (root) => {
    const focus = root.querySelector("[data-focus]");
    if (focus) focus.focus();
  };
  begin(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt === document.body) return;
    begin(event.detail.elt);
    // A list that was narrowed or turned over: who does not see it hears where the reader is now.
    if (event.detail.elt.id === "main") event.detail.elt.focus({ preventScroll: true });
  });
})();
