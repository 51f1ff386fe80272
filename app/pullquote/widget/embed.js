// @ts-check
// The conversation, on the chat page and in the widget's frame. It shows text that the server cut, never
// markup, and slices no quote: elements come from the page's own <template>s, words go in as textContent.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const strings = JSON.parse(byId("strings")?.textContent || "{}");
  const log = byId("log"), form = byId("ask"), live = byId("live"), greeting = byId("greeting");
  const options = new URLSearchParams(location.hash.slice(1));
  const framed = document.body.classList.contains("embed");
  const bubble = framed && options.has("bubble");
  // Public, like everything in a page: it counts and limits, it hides nothing.
  const apiKey = (framed && options.get("key")) || document.body.dataset.key;
  const json = { "Content-Type": "application/json", ...(apiKey && { "X-API-Key": apiKey }) };
  const SLOW = 4000, LONGEST = 60000, KEPT = 20, HISTORY = 6;
  /** @type {{question: string, answer: any, node: HTMLElement}[]} */
  let turns = [];
  let running = null, replacing = -1;

  const part = (root, name) => root.querySelector(`[data-f="${name}"]`);
  const say = (text) => { if (live) live.textContent = text; };
  // Letters that hide or turn others around are written out; the server's pages do the same.
  const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e007f}]/gu;
  const escape = (letter) => {
    const code = letter.codePointAt(0);
    return code > 0xffff ? "\\U" + code.toString(16).padStart(8, "0") : "\\u" + code.toString(16).padStart(4, "0");
  };
  const visible = (text) => String(text ?? "").replace(/\r\n/g, "\n").replace(HIDDEN, escape);
  const safe = (url) => (/^(https?:\/\/|\/(?!\/))/.test(url || "") ? url : null);
  const put = (root, name, text, shown = true) => {
    const node = part(root, name);
    if (!node) return;
    node.textContent = visible(text);
    node.hidden = !shown;
  };
  const link = (root, name, url) => {
    const node = part(root, name);
    node.hidden = !safe(url);
    if (safe(url)) node.href = url;
    if (framed && safe(url)) { node.target = "_blank"; node.rel = "noopener"; }
  };
  const clone = (id) => byId(id).content.firstElementChild.cloneNode(true);
  const longDate = (date) => {
    const [year, month, day] = date.split("-").map(Number);
    const parts = { year: "numeric", month: month && "long", day: day && "numeric", timeZone: "UTC" };
    return new Date(Date.UTC(year, (month || 1) - 1, day || 1)).toLocaleDateString("en-GB", parts);
  };
  const debate = () => byId("debate")?.value || new URLSearchParams(location.search).get("debate") || "";

  // Turns are kept for the tab, or while the page is open where storage is denied.
  const key = () => (framed ? `pullquote:embed:${debate()}` : "pullquote:page");
  const keep = () => {
    const done = turns.filter((turn) => turn.answer).slice(-KEPT).map((turn) => turn.answer);
    try { sessionStorage.setItem(key(), JSON.stringify(done)); } catch { /* denied or full: memory has them */ }
  };
  const kept = () => {
    try { return JSON.parse(sessionStorage.getItem(key()) || "[]").filter((answer) => answer?.parts); } catch { return []; }
  };

  // Showing
  function card(quote, answer, answering) {
    const node = clone("card-template"), role = answering ? quote.role : "nearest";
    node.removeAttribute("id");
    node.className = `quote ${/^[a-z]+$/.test(role) ? role : ""}`;
    Object.assign(node.dataset, { document: quote.document_id, start: quote.start, end: quote.end });
    node.quote = quote;
    if (quote.language) part(node, "exact").lang = part(node, "before").lang = quote.language;
    put(node, "role", strings[role]);
    put(node, "before", quote.before);
    part(node, "near").hidden = !(quote.leans && quote.before);
    put(node, "exact", quote.exact);
    part(node, "block").cite = safe(quote.links.source) || quote.links.reader;
    put(node, "byline", quote.byline);
    put(node, "title", quote.source.title || "");
    put(node, "section", quote.section ? `§ ${quote.section}` : "");
    part(node, "work").hidden = !(quote.source.title || quote.section);
    put(node, "n", quote.n);
    link(node, "place", quote.links.reader);
    link(node, "original", quote.links.source);
    link(node, "disputes", `/disputes?${new URLSearchParams({ document: quote.document_id, start: quote.start, end: quote.end })}`);
    const { side, basis, probability } = quote.stance || {};
    const said = (strings[`basis_${basis}`] || "").replace("{n}", Math.round(probability * 100));
    put(node, "stance", [strings[`stance_${side}`], ...(side === "unclear" ? [] : [said])].join(", "), Boolean(side));
    const place = `/v1/documents/${encodeURIComponent(quote.document_id)}/cite?start=${quote.start}&end=${quote.end}`;
    for (const style of node.querySelectorAll("[data-style]")) {
      style.href = `${place}&style=${style.dataset.style}&tag=${encodeURIComponent(answer.question)}`;
    }
    wake(node);
    return node;
  }

  /** Shows the buttons that need this script. */
  function wake(root) {
    for (const node of root.querySelectorAll('[data-do="copy"], [data-f="feedback"]')) node.hidden = false;
  }

  function frame(text) {
    const line = document.createElement("p"), words = document.createElement("bdi");
    line.className = "frame";
    words.textContent = visible(text);
    line.append(words);
    return line;
  }

  function open(question) {
    const node = clone("turn-template");
    put(node, "question", question);
    log.append(node);
    return { question, answer: null, node };
  }

  function permalink(answer, more = {}) {
    const query = new URLSearchParams({ q: answer.resolved_question });
    if (answer.debate) query.set("debate", answer.debate);
    query.set("g", answer.index.generation);
    for (const [name, value] of Object.entries(more)) query.set(name, value);
    return new URL(`/?${query}`, location.href).href;
  }

  /** Adds what is known only when the answer is whole. */
  function finish(turn, answer) {
    const node = turn.node, body = part(node, "answer"), { oldest, newest } = answer.as_of;
    turn.answer = answer;
    answer.nearest.forEach((quote) => body.append(card(quote, answer, false)));
    put(node, "resolved", answer.resolved_question);
    part(node, "understood").hidden = answer.resolved_question === answer.question;
    put(node, "gap", `${strings.note} ${answer.gap}.`, Boolean(answer.gap));
    const debated = answer.proposition && answer.quotes.length;
    part(node, "sides").hidden = !debated;
    if (debated) {
      put(node, "proposition", answer.proposition);
      link(node, "proposition", `${permalink(answer, SIDES)}#both-sides`);
    }
    const dates = oldest && [...new Set([oldest, newest])].map(longDate).join(" to ");
    put(node, "dates", `Sources quoted: ${dates}.`, Boolean(oldest && answer.quotes.length));
    part(node, "stale").hidden = !answer.index.stale;
    for (const share of node.querySelectorAll('[data-do="share"]')) {
      share.href = `${permalink(answer)}#quote-${share.closest("figure").quote.n}`;
    }
    settle(turn, "");
  }

  // Both sides, opened under their answer
  const SIDES = { sides: 1 };

  async function openSides(turn) {
    if (turn.opening) return;
    turn.opening = true;
    told(turn, strings.searching);
    try {
      const { proposition, debate } = turn.answer;
      const reply = await fetch("/v1/sides", {
        method: "POST", credentials: "omit", headers: json, body: JSON.stringify({ proposition, debate }),
        signal: AbortSignal.timeout(LONGEST),
      });
      if (!reply.ok) throw { problem: await reply.json().catch(() => ({ status: reply.status, detail: strings.failed })) };
      const sides = await reply.json();
      turn.node.append(both(turn, sides));
      part(turn.node, "sides").hidden = true;
      told(turn, "");
      part(turn.node, "heading").scrollIntoView({ block: "start" });
      part(turn.node, "heading").focus({ preventScroll: true });
      address(turn, SIDES);
    } catch (error) {
      told(turn, reason(error, turn, strings.unreachable));
    }
    turn.opening = false;
  }

  function both(turn, sides) {
    const node = clone("both-template"), query = new URLSearchParams({ proposition: sides.proposition });
    if (sides.debate) query.set("debate", sides.debate);
    put(node, "motion", sides.proposition);
    link(node, "page", `/sides?${query}`);
    for (const side of ["for", "against", "context"]) {
      const box = part(node, side);
      box.append(...sides[side].map((quote) => sided(quote, turn.answer, sides.proposition)));
      if (side === "context") box.hidden = !sides.context.length;
      else put(box, "absent", strings[(sides.unclear.includes(side) ? "leaning_" : "absent_") + side], !sides[side].length);
    }
    for (const heading of node.querySelectorAll("[id]")) heading.removeAttribute("id");  // several may be open at once
    return node;
  }

  function sided(quote, answer, proposition) {
    const node = card(quote, { question: proposition }, true);
    put(node, "n", `${quote.n}${strings.of_sides}`);
    part(node, "feedback")?.remove();
    part(node, "share").href = `${permalink(answer, SIDES)}#side-${quote.n}`;
    return node;
  }

  function told(turn, message) {
    put(turn.node, "sides-state", message, Boolean(message));
    say(message);
  }

  function shutSides(turn) {
    part(turn.node, "both").remove();
    part(turn.node, "sides").hidden = false;
    part(turn.node, "proposition").focus();
    address(turn);
  }

  /** On the page, the address is the permalink of what the last turn shows. */
  function address(turn, more) {
    if (!framed && turn === turns.at(-1)) window.history.replaceState(null, "", permalink(turn.answer, more));
  }

  function settle(turn, message) {
    put(turn.node, "state", message, Boolean(message));
    turn.node.classList.toggle("failed", Boolean(message));
    part(turn.node, "tools").hidden = false;
  }

  function restore(answer) {
    const turn = open(answer.question);
    for (const piece of answer.parts) {
      const node = piece.kind === "quote" ? card(answer.quotes[piece.n - 1], answer, true) : frame(piece.text);
      part(turn.node, "answer").append(node);
    }
    finish(turn, answer);
    turns.push(turn);
  }

  function suggest(title, questions) {
    const next = document.querySelector('[data-f="next"]'), list = next.querySelector("ul");
    put(next, "next-title", title);
    next.hidden = !questions.length;
    list.replaceChildren(...questions.map((question) => {
      const entry = document.createElement("li"), anchor = document.createElement("a");
      anchor.href = `/?${new URLSearchParams({ q: question, debate: debate() })}`;
      anchor.textContent = visible(question);
      entry.append(anchor);
      return entry;
    }));
  }
  const offered = log ? [...document.querySelectorAll(".next li a")].map((anchor) => anchor.textContent) : [];

  // Asking
  const history = (before) => before.filter((turn) => turn.answer).slice(-HISTORY).map((turn) => ({
    question: turn.question,
    quotes: turn.answer.quotes.map(({ document_id, start, end }) => ({ document_id, start, end })),
  }));

  async function ask(question) {
    question = question.trim();
    if (!question) return;
    running?.abort();
    const mine = running = new AbortController();
    if (replacing >= 0) turns.splice(replacing).forEach((turn) => turn.node.remove());
    replacing = -1;
    const turn = open(question), earlier = history(turns);
    turns.push(turn);
    busy(true);
    put(turn.node, "state", strings.searching);
    turn.node.scrollIntoView({ block: "start" });
    const slow = setTimeout(() => put(turn.node, "state", strings.slow), SLOW);
    const limit = setTimeout(() => mine.abort("slow"), LONGEST);
    try {
      await stream(turn, earlier, mine.signal);
      keep();
      suggest(strings.next, turn.answer.suggestions);
      address(turn);
      const count = turn.answer.quotes.length;
      say(count ? strings.answered.replace("{n}", count) : strings.silent);
    } catch (error) {
      const message = mine.signal.aborted && mine.signal.reason !== "slow" ? strings.stopped : reason(error, turn);
      settle(turn, message);
      say(message);
    } finally {
      clearTimeout(slow);
      clearTimeout(limit);
      if (running === mine) { running = null; busy(false); }
    }
  }

  /** What went wrong, in plain words. */
  function reason(error, turn, otherwise) {
    if (error.problem?.status === 429 || error.problem?.status === 503) return strings.busy;
    if (error.problem) return error.problem.status < 500 ? error.problem.detail : strings.failed;
    if (!navigator.onLine) return strings.offline;
    return otherwise || (part(turn.node, "answer").childElementCount ? strings.broken : strings.unreachable);
  }

  async function stream(turn, earlier, signal) {
    const body = { question: turn.question, debate: debate() || null, history: earlier };
    const reply = await fetch("/v1/chat", {
      method: "POST", signal, credentials: "omit", body: JSON.stringify(body),
      headers: { ...json, Accept: "text/event-stream" },
    });
    if (!reply.ok) throw { problem: await reply.json().catch(() => ({ status: reply.status, detail: strings.failed })) };
    for await (const [event, data] of events(reply.body)) {
      if (event === "quote") part(turn.node, "answer").append(card(data.quote, turn, true));
      if (event === "text" && data.part.kind === "frame") part(turn.node, "answer").append(frame(data.part.text));
      if (event === "error") throw { problem: data.problem };
      if (event === "done") return finish(turn, data.answer);
    }
    throw new Error("the stream ended early");
  }

  /** The events of a stream, as name and data. */
  async function* events(stream) {
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (text + value).split("\n\n");
      text = blocks.pop();
      for (const block of blocks) {
        const lines = block.split("\n"), field = (name) => lines.find((line) => line.startsWith(name))?.slice(name.length);
        if (field("data: ")) yield [field("event: "), JSON.parse(field("data: "))];
      }
    }
  }

  function busy(on) {
    byId("stop").hidden = !on;
    form.querySelector('[type="submit"]').hidden = on;
    if (greeting) greeting.hidden = true;
    byId("headline")?.classList.add("hidden");
    if (byId("new")) byId("new").hidden = on || !turns.length;
    if (on) suggest("", []);
    else if (document.activeElement === document.body) form.elements.q.focus({ preventScroll: true });
  }

  function restart() {
    running?.abort();
    turns.splice(0).forEach((turn) => turn.node.remove());
    keep();
    suggest(strings.first, offered);
    greeting.hidden = false;
    byId("new").hidden = true;
    form.elements.q.focus();
  }

  // Taking away
  async function copy(text, button, done) {
    let copied = true;
    try { await navigator.clipboard.writeText(text); } catch { copied = select(text); }
    note(button, copied ? done : strings.copy_failed);
  }

  /** The old way, for browsers that deny the clipboard. */
  function select(text) {
    const area = document.createElement("textarea"), focused = document.activeElement;
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    focused?.focus();
    return copied;
  }

  function note(button, text) {
    const before = button.dataset.label ??= button.textContent;
    button.textContent = text;
    say(text);
    setTimeout(() => { button.textContent = before; }, 2500);
  }

  function quoteText(figure) {
    const quote = figure.quote;
    const where = safe(quote.links.source) || new URL(quote.links.reader, location.href).href;
    return `“${quote.exact}”\n— ${quote.byline}\n${where}`;
  }

  async function cite(anchor) {
    const box = anchor.closest(".styles"), shown = box.querySelector(".cited");
    const reply = await fetch(anchor.href, { credentials: "omit" }).catch(() => null);
    shown.textContent = reply?.ok ? (await reply.text()).trim() : strings.unreachable;
    shown.hidden = box.querySelector('[data-do="copy-cited"]').hidden = false;
    for (const other of box.querySelectorAll("[data-style]")) other.toggleAttribute("aria-current", other === anchor);
    say(shown.textContent);
  }

  async function judge(button, verdict) {
    const figure = button.closest("figure"), quote = figure.quote;
    const turn = turns.find((one) => one.node.contains(figure));
    const body = {
      verdict, question: turn.question, answer_id: turn.answer.id, generation: turn.answer.index.generation,
      document_id: quote.document_id, start: quote.start, end: quote.end,
    };
    const reply = await fetch("/v1/feedback", {
      method: "POST", credentials: "omit", headers: json, body: JSON.stringify(body),
    }).catch(() => null);
    note(button, reply?.ok ? strings.thanks : strings.unreachable);
  }

  const actions = {
    copy: (button) => copy(quoteText(button.closest("figure")), button, strings.copied),
    share: (anchor) => copy(anchor.href, anchor, strings.shared),
    "copy-cited": (button) => copy(button.parentElement.querySelector(".cited").textContent, button, strings.copied),
    retry: (button) => { const at = indexOf(button); replacing = at; ask(turns[at].question); },
    edit: (button) => { replacing = indexOf(button); form.elements.q.value = turns[replacing].question; form.elements.q.focus(); },
    helpful: (button) => judge(button, "helpful"),
    wrong_quote: (button) => judge(button, "wrong_quote"),
    wrong_speaker: (button) => judge(button, "wrong_speaker"),
  };
  const indexOf = (button) => turns.findIndex((turn) => turn.node.contains(button));

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest('[data-do], [data-style], .next a, .turn [data-f="proposition"], .turn [data-f="shut"]') : null;
    if (!target || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (target.dataset.style) cite(target);
    else if (target.dataset.do) actions[target.dataset.do]?.(target);
    else if (target.dataset.f) (target.dataset.f === "shut" ? shutSides : openSides)(turns[indexOf(target)]);
    else ask(target.textContent);
  });

  // The page around the frame. Only sites of the operator's list can frame us; only they are heard.
  let parentOrigin = "";
  function tell(type) {
    if (parentOrigin) window.parent.postMessage({ pullquote: 1, type }, parentOrigin);
  }
  function hear(event) {
    const allowed = [location.origin, ...(document.body.dataset.origins || "").split(" ").filter(Boolean)];
    const { data } = event;
    if (event.source !== window.parent || !allowed.includes(event.origin) || data?.pullquote !== 1) return;
    if (data.type === "hello") { parentOrigin = event.origin; tell("ready"); }
    if (data.type === "focus") form.elements.q.focus();
    if (data.type === "ask" && typeof data.question === "string" && data.question.length <= 2000) ask(data.question);
  }

  function dress() {
    const root = document.documentElement, accent = options.get("accent") || "";
    if (["light", "dark"].includes(options.get("theme"))) root.dataset.theme = options.get("theme");
    if (/^#[0-9a-f]{6}$/i.test(accent)) root.style.setProperty("--accent", accent);
    let own = {};
    try { own = JSON.parse(options.get("strings") || "{}"); } catch { /* the defaults do */ }
    for (const [name, text] of Object.entries(own)) if (name in strings) strings[name] = String(text).slice(0, 300);
    if (options.get("greeting")) strings.greeting = options.get("greeting").slice(0, 500);
    if (options.get("lang")) root.lang = options.get("lang").slice(0, 35);
    const texts = { label: form.querySelector("label"), ask: form.querySelector('[type="submit"]'), stop: byId("stop") };
    for (const node of document.querySelectorAll("[data-s]")) texts[node.dataset.s] = node;
    for (const [name, node] of Object.entries(texts)) node.textContent = strings[name];
    form.elements.q.placeholder = strings.placeholder;
    for (const id of ["card-template", "turn-template", "both-template"]) translate(byId(id).content);
    if (offered.length) suggest(strings.first, offered);
  }
  function translate(content) {
    for (const node of content.querySelectorAll("[data-do]")) node.textContent = strings[node.dataset.do] ?? strings.copy;
    for (const node of content.querySelectorAll("[data-t]")) node.textContent = strings[node.dataset.t];
    for (const node of content.querySelectorAll("summary")) node.textContent = strings.cite;
    for (const name of ["original", "stale"]) if (part(content, name)) part(content, name).textContent = strings[name];
  }

  function start() {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form.elements.q.value);
      form.elements.q.value = "";
    });
    byId("stop").addEventListener("click", () => { running?.abort(); form.elements.q.focus(); });
    const served = byId("answer") && JSON.parse(byId("answer").textContent), answers = kept();
    if (served) adopt(served, answers);
    else if (framed || !location.search) answers.forEach(restore);
    if (turns.length) suggest(strings.next, turns.at(-1).answer.suggestions);
    if (framed) startFrame();
  }

  /** The answer that the server rendered becomes a turn like the others; earlier ones of the tab stand above it. */
  function adopt(served, answers) {
    const node = log.querySelector(".turn");
    if (answers.at(-1)?.id === served.id) answers.slice(0, -1).forEach(restore);
    log.append(node);
    const opened = byId("both") ? JSON.parse(byId("both").textContent) : { for: [], against: [], context: [] };
    const quotes = [...served.quotes, ...served.nearest, ...opened.for, ...opened.against, ...opened.context];
    node.querySelectorAll("figure").forEach((figure, at) => { figure.quote = quotes[at]; });
    turns.push({ question: served.question, answer: served, node });
    wake(node);
    part(node, "tools").hidden = false;
    if (turns.length > 1) node.scrollIntoView({ block: "start" });
    if (byId("both") && location.hash === "#both-sides") byId("both-sides").focus();  // it moved, and lost the focus
    keep();
  }

  function startFrame() {
    dress();
    greeting.hidden = turns.length > 0;
    byId("new").hidden = !turns.length;
    byId("new").addEventListener("click", restart);
    byId("close").hidden = !bubble;
    byId("close").addEventListener("click", () => tell("close"));
    addEventListener("keydown", (event) => { if (bubble && event.key === "Escape") tell("close"); });
    addEventListener("message", hear);
    turns.at(-1)?.node.scrollIntoView({ block: "start" });
  }

  if (form) start();
})();
