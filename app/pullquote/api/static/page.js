// @ts-check
// What the server's own pages have beyond the conversation: the colours that a reader chose, the source beside the answer,
// answers to take away, and conversations kept in this browser. The pages are complete without it.
(() => {
  "use strict";
  const THEME = "pullquote:theme", LISTED = "pullquote:listed:", TURNS = "pullquote:turns:"; // names in the browser's store
  const MOST = 50, SHOWN = 5; // conversations that are kept, and listed at first
  const root = document.documentElement;

  /** The browser's own store. Where it is denied nothing is remembered; where it is full the oldest conversation goes. */
  const store = {
    get(name) { try { return localStorage.getItem(name); } catch { return null; } },
    drop(name) { try { localStorage.removeItem(name); } catch { /* there is none */ } },
    set(name, text) {
      for (;;) {
        try { localStorage.setItem(name, text); return true; } catch { if (!forget(listed().at(-1)?.id)) return false; }
      }
    },
    names() { try { return Object.keys(localStorage); } catch { return []; } },
  };

  // Colours: set before anything is shown, so that nothing flashes
  const paint = (theme) => (["light", "dark"].includes(theme) ? (root.dataset.theme = theme) : delete root.dataset.theme);
  paint(store.get(THEME));

  function colours() {
    const choice = document.getElementById("theme");
    if (!(choice instanceof HTMLSelectElement)) return;
    choice.value = root.dataset.theme || "auto";
    document.getElementById("theme-choice").hidden = false;
    choice.addEventListener("change", () => {
      paint(choice.value);
      if (choice.value === "auto") store.drop(THEME);
      else store.set(THEME, choice.value);
    });
  }

  const part = (node, name) => node.querySelector(`[data-f="${name}"]`);
  const lib = () => /** @type {any} */ (window).pullquote; // what embed.js lends
  const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
  const element = (name, text, className = "") => Object.assign(document.createElement(name), { textContent: text, className });

  // The source beside the answer, or where there is no room a sheet over it
  const WIDE = matchMedia("(min-width: 64rem)"), APART = ".both, .turn, main";
  /** @type {HTMLDialogElement | null} */
  let panel = null;
  let open = null, opener = null, pushed = false; // the quote whose source is shown, what opened it, and whether Back leads to before
  const visited = []; // quotes by the number that an entry of the history holds
  const read = new Map(); // documents that came already, by address

  const place = (figure) => part(figure, "place");
  const numbered = (figure) => part(figure, "number").textContent;
  const together = (figure) => {
    const box = figure.closest(APART);
    return [...box.querySelectorAll("figure.quote")].filter((one) => one.closest(APART) === box);
  };

  /** The address of a quote with its source opened; null while its answer is not whole. */
  function address(figure) {
    const share = part(figure, "share");
    if (!share || share.hidden || !share.hash) return null;
    const url = new URL(share.href);
    url.searchParams.set("source", "1");
    return url.href;
  }

  /** The reader's page of a quote, with the other quotes of its answer that stand in the same document. */
  function reader(figure) {
    const url = new URL(place(figure).href), { document: id } = figure.dataset;
    for (const one of together(figure)) {
      if (one === figure || one.dataset.document !== id) continue;
      url.searchParams.append("also", `${numbered(one).slice(1, -1)}:${one.dataset.start}-${one.dataset.end}`);
    }
    return url;
  }

  // As a document of its own, in which nothing runs: no text is turned into markup here.
  const fetched = (url) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.setRequestHeader("Accept-Language", root.lang); // as this page, whatever the browser likes best
    request.onload = () => (request.status === 200 && request.response ? resolve(request.response) : reject(request.status));
    request.onerror = reject;
    request.send();
  });

  function build() {
    panel = /** @type {HTMLDialogElement} */ (clone("source-template"));
    document.body.append(panel);
    panel.addEventListener("cancel", (event) => { event.preventDefault(); shut(); }); // Escape, or a phone's way back
    panel.addEventListener("click", (event) => {
      const target = /** @type {Element} */ (event.target), step = target.closest("[data-do]")?.getAttribute("data-do");
      if (target === panel) shut(); // beside the sheet
      if (step === "shut") shut();
      if (step === "previous" || step === "next") turnTo(next(step === "next" ? 1 : -1));
      const other = target.closest("[data-n]");
      if (other) turnTo(together(open).find((one) => numbered(one) === other.getAttribute("data-n")));
    });
  }

  function raise() {
    const focused = document.activeElement;
    if (panel.open) panel.close();
    if (WIDE.matches) panel.show();
    else panel.showModal();
    document.body.classList.toggle("beside", WIDE.matches);
    if (panel.contains(focused)) /** @type {HTMLElement} */ (focused).focus();
  }
  WIDE.addEventListener("change", () => { if (panel) raise(); });

  const next = (step) => {
    const all = together(open);
    return all[all.indexOf(open) + step];
  };

  /** Opens the source of a quote; the address tells it. */
  function show(figure, how = "push") {
    if (!panel) {
      opener = document.activeElement;
      build();
      raise();
    }
    open?.classList.remove("opened");
    open = figure;
    open.classList.add("opened");
    if (how !== "stay") {
      const state = { ...history.state, source: visited.push(figure) - 1 };
      history[how === "push" ? "pushState" : "replaceState"](state, "", address(figure) ?? location.href);
      pushed ||= how === "push";
    }
    furnish();
    fill(figure);
  }

  function turnTo(figure) {
    if (!figure) return;
    show(figure, "replace");
    if (panel.matches(":not(:modal)")) figure.scrollIntoView({ block: "nearest" });
  }

  /** The head and foot of the panel. */
  function furnish() {
    part(panel, "number").textContent = numbered(open);
    part(panel, "byline").textContent = part(open, "byline").textContent;
    for (const [step, name] of [[-1, "previous"], [1, "next"]]) {
      const button = panel.querySelector(`[data-do="${name}"]`), to = next(step);
      button.textContent = to ? (step < 0 ? `‹ ${numbered(to)}` : `${numbered(to)} ›`) : "";
      button.hidden = !to;
      if (to) button.setAttribute("aria-label", `${lib().strings[`source_${name}`]} ${numbered(to)}`);
    }
    const also = part(panel, "also"), same = together(open).filter((one) => one !== open && one.dataset.document === open.dataset.document);
    for (const button of also.querySelectorAll("button")) button.remove();
    for (const one of same) {
      const button = element("button", numbered(one), "plain");
      button.type = "button";
      button.dataset.n = numbered(one);
      also.append(button, " ");
    }
    also.hidden = !same.length;
    part(panel, "page").href = place(open).href;
    const original = part(open, "original");
    part(panel, "original").hidden = !original || original.hidden;
    if (original) part(panel, "original").href = original.href;
    const focused = document.activeElement; // who steps on from quote to quote stays on the button
    if (!panel.contains(focused) || focused.closest("[hidden]")) panel.querySelector("h2").focus({ preventScroll: true });
  }

  async function fill(figure) {
    const box = /** @type {HTMLElement} */ (panel.querySelector(".document")), url = reader(figure).href, state = part(panel, "state");
    const strings = lib()?.strings ?? {};
    state.textContent = strings.source_opening;
    state.hidden = false;
    try {
      if (!read.has(url)) read.set(url, await fetched(url));
      if (open !== figure || !panel) return;
      const found = [...read.get(url).querySelectorAll("article.document > header, article.document > .message, article.document > .note:not(.back), article.document .facsimile, article.document > .text, article.document > .facts")];
      box.replaceChildren(state, ...found.map((node) => document.importNode(node, true)));
      const title = box.querySelector("h1"), heading = document.createElement("h3");
      heading.append(...title.childNodes);
      heading.lang = title.lang;
      title.replaceWith(heading);
      state.hidden = true;
      const mark = box.querySelector("mark.here");
      box.scrollTop = mark ? box.scrollTop + mark.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 4 : 0;
    } catch {
      if (open !== figure || !panel) return;
      box.replaceChildren(state);
      state.textContent = strings.source_failed;
    }
  }

  /** Closes it, as Back does. */
  function shut() {
    if (pushed) return history.back();
    const url = new URL(location.href);
    url.searchParams.delete("source");
    history.replaceState({ ...history.state, source: undefined }, "", url);
    hide();
  }

  /** Takes it away, and gives the focus back to where it was. */
  function hide() {
    if (!panel) return;
    const within = panel.contains(document.activeElement) || document.activeElement === document.body, back = opener;
    panel.close();
    panel.remove();
    open.classList.remove("opened");
    document.body.classList.remove("beside");
    panel = open = opener = null;
    pushed = false;
    if (within && back?.isConnected) back.focus({ preventScroll: true });
  }

  addEventListener("popstate", () => {
    const figure = visited[history.state?.source];
    if (figure?.isConnected) show(figure, "stay");
    else hide();
  });

  // Taking an answer away
  /** Both sides go along where they are opened under the answer. */
  function withSides(link) {
    const both = link.closest(".turn").querySelector(".both"), url = new URL(link.href);
    if (both) url.searchParams.set("sides", "1");
    else url.searchParams.delete("sides");
    if (location.protocol === "https:" && url.pathname === "/answer") url.searchParams.set("secure", "1");
    link.href = url.href;
    return url.href;
  }

  async function copyAs(button) {
    const box = button.closest(".take"), form = button.dataset.copies, { copy, note, strings } = lib();
    const text = (name) => fetch(withSides(box.querySelector(`[data-form="${name}"]`)), { credentials: "omit" }).then((reply) => (reply.ok ? reply.text() : Promise.reject(reply.status)));
    const blob = (name, type) => text(name).then((words) => new Blob([words], { type }));
    try {
      const plain = form === "html" ? "text" : form, more = form === "html" && { "text/html": blob("html", "text/html") };
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob(plain, "text/plain"), ...more })]);
      note(button, strings.copied);
    } catch {
      try { await copy(await text(form === "html" ? "text" : form), button, strings.copied); } catch { note(button, strings.away); }
    }
  }

  /** What an answer gets when it is whole: addresses that take it away, a way back from its sources, lines over its groups. */
  function complete({ node, answer, link }) {
    const take = part(node, "take");
    for (const one of take.querySelectorAll("[data-form]")) one.href = `${link.replace("/?", "/answer?")}&form=${one.dataset.form}&lang=${root.lang}`;
    take.hidden = part(take, "copying").hidden = false;
    for (const figure of part(node, "answer").querySelectorAll("figure")) {
      const url = new URL(place(figure).href), share = new URL(part(figure, "share").href);
      url.searchParams.set("back", share.pathname + share.search + share.hash);
      place(figure).href = url.href;
    }
    if (answer.quotes.length > 2) group([...part(node, "answer").querySelectorAll("figure")]);
  }

  /** A line over quotes that follow each other and share a speaker, or else a side. */
  function group(figures) {
    const runs = (key) => figures.reduce((all, one) => {
      const last = all.at(-1);
      if (last && key(one) && key(last[0]) === key(one)) last.push(one);
      else all.push([one]);
      return all;
    }, []).filter((run) => run.length > 1);
    const words = (figure) => part(figure, "byline").textContent, shortest = (run) => run.map(words).sort((one, other) => one.length - other.length)[0];
    const speakers = runs((figure) => figure.dataset.document + part(figure, "speaker").textContent);
    const sided = ({ quote }) => (/^(for|against)$/.test(quote?.stance?.side) ? quote.stance.side : "");
    for (const run of speakers.length ? speakers : runs(sided)) {
      const line = element("p", "", "group"), ahead = run[0].previousElementSibling;
      const head = element("bdi", speakers.length ? shortest(run) : lib().strings[`stance_${sided(run[0])}`]);
      line.append(head);
      const work = part(run[0], "title").textContent;
      if (speakers.length) head.lang = "en";
      if (speakers.length && !head.textContent.includes(work)) line.append(" ", element("cite", work));
      (ahead?.classList.contains("frame") ? ahead : run[0]).before(line);
      if (speakers.length) for (const figure of run) figure.classList.toggle("grouped", words(figure) === shortest(run));
    }
  }

  // Conversations, kept in this browser
  const kept = () => document.getElementById("kept");
  const allowed = () => document.body.hasAttribute("data-conversations");

  /** What is kept, the latest first. */
  function listed() {
    const found = store.names().filter((name) => name.startsWith(LISTED)).map((name) => {
      try { return { ...JSON.parse(store.get(name)), id: name.slice(LISTED.length) }; } catch { return null; }
    });
    return found.filter((one) => one?.first).sort((one, other) => other.at - one.at);
  }

  function forget(id) {
    if (!id) return false;
    store.drop(LISTED + id);
    store.drop(TURNS + id);
    return true;
  }

  /** Keeps the conversation of this tab, under a name that the tab remembers with it. */
  function remember({ key, answers }) {
    if (!kept() || !allowed()) return;
    try {
      kept().open = !answers.length;
      if (!answers.length) return sessionStorage.removeItem(`${key}:id`);
      if (!answers.some((one) => one.parts)) return;
      const id = sessionStorage.getItem(`${key}:id`) || crypto.randomUUID?.() || String(Math.random()).slice(2);
      const { question, resolved_question: resolved } = answers[0], known = JSON.parse(store.get(LISTED + id) || "{}");
      const same = store.get(TURNS + id) === JSON.stringify(answers);
      if (same) return;
      sessionStorage.setItem(`${key}:id`, id);
      const told = { first: known.first || lib()?.carried(question)[0] || question || resolved, count: answers.length, at: Date.now() };
      if (store.set(TURNS + id, JSON.stringify(answers))) store.set(LISTED + id, JSON.stringify(told));
      for (const old of listed().slice(MOST)) forget(old.id);
    } catch { /* denied */ }
    list();
  }

  let all = false;
  function list() {
    const box = kept();
    if (!box || !allowed()) return;
    const entries = listed(), { strings, fill: put } = lib() ?? {};
    if (!strings) return;
    box.hidden = !entries.length;
    box.querySelector("ol").replaceChildren(...entries.slice(0, all ? MOST : SHOWN).map((one) => {
      const row = clone("kept-template"), first = part(row, "first"), when = new Date(one.at);
      row.dataset.id = one.id;
      first.textContent = one.first;
      first.href = `/?${new URLSearchParams({ q: one.first })}`;
      const count = one.count === 1 ? strings.kept_question : put(strings.kept_questions, { n: one.count });
      part(row, "about").textContent = `${count}, ${when.toLocaleDateString(strings.locale, { day: "numeric", month: "long" })}`;
      row.querySelector("button").setAttribute("aria-label", `${strings.delete}: ${one.first}`);
      return row;
    }));
    const more = box.querySelector('[data-kept="all"]');
    more.hidden = all || entries.length <= SHOWN;
    more.textContent = put(strings.kept_all, { n: entries.length });
  }

  function reopen(id) {
    let answers = [];
    try { answers = JSON.parse(store.get(TURNS + id) || "[]"); } catch { /* none */ }
    if (!answers.length) return list();
    try { sessionStorage.setItem(`${lib().key}:id`, id); } catch { /* denied */ }
    kept().open = false;
    lib().reopen(answers);
    scrollTo({ top: 0 });
  }

  function erase(ids) {
    let current = "";
    try { current = sessionStorage.getItem(`${lib().key}:id`) || ""; } catch { /* denied */ }
    ids.forEach(forget);
    if (ids.includes(current)) lib().restart();
    list();
    lib().say(lib().strings.deleted);
    const summary = kept().querySelector("summary");
    (kept().hidden ? document.getElementById("q") : kept().querySelector('[data-kept="delete"]') || summary).focus({ preventScroll: true });
  }

  function onKept(event) {
    const target = event.target, row = target.closest("li"), what = target.dataset.kept;
    if (target.matches('[data-f="first"]') && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      reopen(row.dataset.id);
    }
    if (what === "delete") erase([row.dataset.id]);
    if (what === "none") erase(listed().map(({ id }) => id));
    if (what === "all") { all = true; list(); kept().querySelectorAll("a")[SHOWN]?.focus(); }
  }

  // What is heard
  document.addEventListener("pullquote:answer", (event) => complete(/** @type {CustomEvent} */ (event).detail));
  document.addEventListener("pullquote:kept", (event) => remember(/** @type {CustomEvent} */ (event).detail));

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest('a[data-f="place"], [data-copies], .take a, a[data-f="permalink"]') : null;
    if (!(target instanceof HTMLElement) || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (target.dataset.copies) return copyAs(target);
    if (!target.matches('[data-f="place"]')) return withSides(target);
    const figure = target.closest("figure.quote");
    if (!figure || !part(figure, "share") || !document.getElementById("source-template")) return;
    event.preventDefault();
    show(figure, panel ? "replace" : "push");
  }, true);

  /** From the empty field back to the last question: Tab then leads to its quotes. */
  function toLast() {
    const last = /** @type {HTMLElement | undefined} */ ([...document.querySelectorAll(".turn .question")].at(-1));
    if (last) { last.tabIndex = -1; last.focus(); }
  }

  // Whoever asks on, in the field or by what is offered, has left the source.
  const leave = () => { if (panel) { opener = null; shut(); } };
  document.addEventListener("submit", leave);
  document.addEventListener("click", ({ target }) => { if (/** @type {Element} */ (target).closest(".next a")) leave(); });

  document.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target), typing = target.closest("input, textarea, select, [contenteditable]");
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape" && panel) { event.preventDefault(); shut(); }
    else if (event.key === "Escape" && target.matches("#q") && !target.value) toLast();
    if (event.key !== "/" || typing || event.metaKey || event.ctrlKey || event.altKey) return;
    const field = /** @type {HTMLInputElement | null} */ (document.querySelector("#q, #proposition"));
    if (!field || panel?.matches(":modal")) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  document.addEventListener("DOMContentLoaded", () => {
    colours();
    const field = document.getElementById("q"), turns = document.querySelectorAll(".turn");
    for (const node of turns) if (part(node, "take")) part(part(node, "take"), "copying").hidden = false;
    if (kept() && !allowed()) for (const name of store.names()) if (name.startsWith(LISTED) || name.startsWith(TURNS)) store.drop(name);
    kept()?.addEventListener("click", onKept);
    if (kept()) kept().open = !turns.length;
    list();
    addEventListener("storage", list);
    const asked = new URLSearchParams(location.search).has("source") && document.getElementById(location.hash.slice(1));
    if (asked && asked.matches("figure.quote")) show(asked, "stay");
    else if (field && !turns.length && !location.hash && document.activeElement === document.body && matchMedia("(hover: hover) and (pointer: fine)").matches) {
      field.focus({ preventScroll: true });
    }
  });
})();
