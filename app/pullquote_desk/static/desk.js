// The desk's keys: a letter or figure does what the control that bears it does; without this script the controls do.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), select, textarea")) return;
  const control = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!control) return;
  event.preventDefault();
  const text = document.getElementById("text");
  if (control.dataset.needs && text && !text.value.trim()) return text.focus();
  if (control.name === "choice" && control.value === "pin" && !document.querySelector("[name=place]:checked")) {
    document.querySelector("[name=place]")?.focus();
    return;
  }
  control.click();
});
