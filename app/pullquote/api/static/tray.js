// @ts-check
// The tray: quotes that a reader keeps, in this browser alone, by a button at each quote or the key K. Where storage is
// denied nothing is offered. The pages are complete without it.
(() => {
  "use strict";
  const NAME = "pullquote:tray", MOST = 200; // where it is kept, and how many quotes
  const { keep: KEEP, kept: KEPT } = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;
  const part = (node, name) => node.querySelector(`[data-f="${name}"]`);
  const QUOTES = "figure.quote[data-document]:not([data-document='']), .marked-note[data-source]";
  const byId = (id) => document.getElementById(id);

  /** @typedef {{place: string, exact: string, byline: string, link: string, note: string}} Kept */
  /** @returns {Kept[]} */
  function load() {
    try { return JSON.parse(localStorage.getItem(NAME) || "[]").filter((one) => typeof one?.place === "string"); } catch { return []; }
  }
  function save(quotes) {
    try { localStorage.setItem(NAME, JSON.stringify(quotes.slice(0, MOST))); } catch { return false; }
    furnish();
    return true;
  }
  const works = () => {
    try { localStorage.setItem(`${NAME}:test`, ""); localStorage.removeItem(`${NAME}:test`); return true; } catch { return false; }
  };

  /** A quote of the page as it is kept: its place with the text that it was found in, and its words. */
  function quoteOf(figure) {
    const id = figure.dataset.document || figure.dataset.source, cited = figure.querySelector("[data-style]");
    const url = new URL((cited || part(figure, "place")).href), [start, end, text] = ["start", "end", "text"].map((name) => url.searchParams.get(name));
    const link = `/documents/${id}?start=${start}&end=${end}${text ? `&text=${text}` : ""}#quote`;
    const words = (nodes) => [...nodes].map((node) => node?.textContent ?? "").join("").trim();
    const exact = words(part(figure, "exact") ? [part(figure, "exact")] : document.querySelectorAll("article mark.here"));
    return { place: `${id}:${start}-${end}${text ? `:${text}` : ""}`, exact, byline: words([part(figure, "byline")]), link, note: "" };
  }

  function toggle(figure) {
    const quote = quoteOf(figure), quotes = load(), others = quotes.filter(({ place }) => place !== quote.place);
    save(others.length < quotes.length ? others : [...quotes, quote]);
    const on = others.length === quotes.length, live = byId("live");
    if (live) live.textContent = `${on ? KEPT : KEEP}: ${quote.byline}`;
  }

  /** Every quote has its button, which says whether it is kept; the link to the tray says how many are. */
  function furnish() {
    const quotes = load(), places = new Set(quotes.map(({ place }) => place)), own = byId("tray");
    for (const figure of document.querySelectorAll(QUOTES)) {
      const actions = part(figure, "actions");
      if (!actions || !part(figure, "place")?.search) continue;
      let button = actions.querySelector('[data-tray="keep"]');
      if (!button) {
        button = Object.assign(document.createElement("button"), { type: "button", className: "plain" });
        button.dataset.tray = "keep";
        const speaker = figure.querySelector(".speaker");
        if (speaker) button.setAttribute("aria-describedby", speaker.id);
        actions.querySelector('[data-f="place"]').after(button);
      }
      const on = String(places.has(quoteOf(figure).place)), label = on === "true" ? KEPT : KEEP;
      if (button.textContent !== label) button.textContent = label;
      if (button.getAttribute("aria-pressed") !== on) button.setAttribute("aria-pressed", on);
    }
    for (const link of document.querySelectorAll('[data-tray="count"]')) {
      const name = link.getAttribute("data-name") || link.textContent;
      link.setAttribute("data-name", name);
      const label = quotes.length ? `${name} (${quotes.length})` : name;
      if (link.textContent !== label) link.textContent = label;
    }
    if (own && own.querySelectorAll("li").length !== quotes.length) list(own, quotes);
    if (own) address(own, quotes);
  }

  /** The tray's own page. */
  function list(own, quotes) {
    own.hidden = false;
    part(own, "empty").hidden = quotes.length > 0;
    part(own, "full").hidden = !quotes.length;
    const template = /** @type {HTMLTemplateElement} */ (byId("tray-template"));
    own.querySelector("ol").replaceChildren(...quotes.map((quote, at) => {
      const row = /** @type {HTMLElement} */ (template.content.firstElementChild.cloneNode(true));
      part(row, "exact").textContent = quote.exact;
      part(row, "place").textContent = quote.byline;
      part(row, "place").href = /^\/documents\//.test(quote.link) ? quote.link : "/tray";
      part(row, "note").value = quote.note || "";
      row.querySelector('[data-tray="up"]').toggleAttribute("disabled", at === 0);
      row.querySelector('[data-tray="down"]').toggleAttribute("disabled", at === quotes.length - 1);
      return row;
    }));
  }

  /** The addresses that hold these quotes: the link that is shared, and the files. */
  function address(own, quotes) {
    const most = Number(own.dataset.most), query = new URLSearchParams();
    own.hidden = false;
    part(own, "long").hidden = quotes.length <= most;
    for (const { place } of quotes.slice(0, most)) query.append("place", place);
    for (const { note } of quotes.slice(0, most)) query.append("note", note || "");
    part(own, "link").href = `/tray?${query}`;
    for (const one of own.querySelectorAll("[data-form]")) one.href = `/tray?${query}&form=${one.dataset.form}&lang=${document.documentElement.lang}`;
  }

  function order(button) {
    const row = button.closest("li"), quotes = load(), at = [...row.parentElement.children].indexOf(row);
    const [quote] = quotes.splice(at, 1), what = button.dataset.tray, to = at + (what === "up" ? -1 : 1);
    if (what !== "out") quotes.splice(to, 0, quote);
    save(quotes);
    const own = byId("tray");
    list(own, quotes);
    address(own, quotes);
    const rows = own.querySelectorAll("li"), next = rows[Math.min(what === "out" ? at : to, rows.length - 1)];
    const same = next?.querySelector(`[data-tray="${what}"]:not([disabled])`) || next?.querySelector("button:not([disabled])");
    if (same instanceof HTMLElement) same.focus();
  }

  function act(button) {
    const what = button.dataset.tray;
    if (what === "keep") toggle(button.closest(QUOTES));
    if (["up", "down", "out"].includes(what)) order(button);
    if (what === "clear") save([]);
    if (what === "all") {
      const quotes = load(), places = new Set(quotes.map(({ place }) => place));
      save([...quotes, ...[...document.querySelectorAll("figure.quote")].map(quoteOf).filter(({ place }) => !places.has(place))]);
    }
  }

  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("button[data-tray]") : null;
    if (button instanceof HTMLElement) act(button);
  });
  document.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLTextAreaElement) || !target.matches("#tray [data-f='note']")) return;
    const quotes = load(), at = [...target.closest("ol").children].indexOf(target.closest("li"));
    quotes[at].note = target.value;
    save(quotes);
  });
  let pointed = null;
  document.addEventListener("pointerover", ({ target }) => { pointed = target instanceof Element ? target.closest(QUOTES) : null; });
  document.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.key.toLowerCase() !== "k" || event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
    if (target.closest("input, textarea, select, [contenteditable]")) return;
    const figure = target.closest(QUOTES) || pointed;
    if (figure?.isConnected && part(figure, "place")?.search) toggle(figure);
  });
  document.addEventListener("DOMContentLoaded", () => {
    if (!works()) return;
    furnish();
    document.querySelector('[data-tray="all"]')?.removeAttribute("hidden");
    const main = byId("main");
    if (main) new MutationObserver(furnish).observe(main, { childList: true, subtree: true });
    addEventListener("storage", furnish);
  });
})();
