// @ts-check
// The conversation, on the chat page and in the widget's frame. It shows text that the server cut, never
// markup, and slices no quote: elements come from the page's own <template>s, words go in as textContent.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const strings = JSON.parse(byId("strings")?.textContent || "{}");
  const log = byId("log"), form = byId("ask"), field = byId("q"), live = byId("live"), greeting = byId("greeting");
  const options = new URLSearchParams(location.hash.slice(1));
  const framed = document.body.classList.contains("embed");
  const bubble = framed && options.has("bubble");
  // Public, like everything in a page: it counts and limits, it hides nothing.
  const apiKey = (framed && options.get("key")) || document.body.dataset.key;
  const json = { "Content-Type": "application/json", ...(apiKey && { "X-API-Key": apiKey }) };
  const ENGLISH = { lang: "en", dir: "ltr" };
  const WEAK = 60; // percent, as on the page
  const SLOW = 4000, LONGEST = 60000, KEPT = 20, HISTORY = 6, SAID = 10000, OFFERED = 5, MOMENT = 10;
  /** @typedef {{question: string, answer: any, node: HTMLElement, replaces: Turn[]}} Turn */
  /** @type {Turn[]} */
  let turns = [];
  let running = null, editing = null, saying = 0, cards = 0, locale = strings.locale;

  const part = (root, name) => root.querySelector(`[data-f="${name}"]`);
  // What was said is taken away again: nobody is to find it there later, and the same words are news once more.
  const say = (text) => {
    if (!live) return;
    clearTimeout(saying);
    live.textContent = text;
    saying = setTimeout(() => { live.textContent = ""; }, SAID);
  };
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const sentence = (text) => text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
  // Letters that hide or turn others around are written out; the server's pages do the same.
  const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufff9-\ufffb\ud800-\udfff]|(?![\u200c-\u200f])\p{Default_Ignorable_Code_Point}/gu;
  const escape = (letter) => {
    const code = letter.codePointAt(0);
    return code > 0xffff ? "\\U" + code.toString(16).padStart(8, "0") : "\\u" + code.toString(16).padStart(4, "0");
  };
  // A soft hyphen in a word only says where it may be broken; a variation selector, which form an emoji, a sign or a letter without case has.
  const ORDINARY = /((?!\p{Default_Ignorable_Code_Point})(?:\p{L}\u00ad(?=\p{L})|[\p{S}\p{P}\p{Nd}\p{Lo}\p{Lm}\u2139]\p{Variation_Selector}))/u;
  const written = (piece, at) => (at % 2 ? piece : piece.replace(HIDDEN, escape));
  const visible = (text) => String(text ?? "").replace(/\r\n/g, "\n").split(ORDINARY).map(written).join("");
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
    return new Date(Date.UTC(year, (month || 1) - 1, day || 1)).toLocaleDateString(locale, parts);
  };
  const debate = () => form?.elements.debate?.value || "";
  const NARROWS = ["who", "document", "outlet", "since", "until", "kind", "side"];
  /** What is looked in only, by name: as the form says, or as an answer does. */
  const narrowed = (value) => Object.fromEntries(NARROWS.map((name) => [name, value(name)]).filter(([, given]) => given));
  const only = () => narrowed((name) => form?.elements.namedItem(name)?.value.trim());
  const onlyOf = ({ filter }) => narrowed((name) => filter?.[name]);
  // What page.js, which the widget's frame goes without, does more with answers.
  const tell = (name, detail) => framed || document.dispatchEvent(new CustomEvent(`pullquote:${name}`, { detail }));

  // Turns are kept for the tab, or while the page is open where storage is denied: one conversation for each debate
  // that a page was opened with, and in frames for each widget. Another debate may be chosen on the way, so the address
  // holds the name it is kept by.
  const place = framed ? `embed:${bubble ? "bubble" : "box"}:${options.get("nth") || 0}` : "page";
  const key = (!framed && window.history.state?.kept) || `pullquote:${place}:${debate()}`;
  const keep = () => {
    const last = turns.slice(-KEPT).map(({ answer, question }) => answer || { question });
    try { sessionStorage.setItem(key, JSON.stringify(last)); } catch { /* denied or full: memory has them */ }
    tell("kept", { key, answers: last });
  };
  const kept = () => {
    try { return JSON.parse(sessionStorage.getItem(key) || "[]").filter((one) => one?.question); } catch { return []; }
  };

  /** Brings to the top of the frame or the page; the page around the frame stays where its reader left it. */
  function reveal(node) {
    if (!framed) return node.scrollIntoView({ block: "start" });
    for (const box of [byId("main"), document.documentElement]) {
      box.scrollTop += node.getBoundingClientRect().top - Math.max(0, box.getBoundingClientRect().top);
    }
  }

  // A link to a place names the text that it was made for: in another text other words stand there.
  const ofText = (quote) => (quote.source.sha256 ? `&text=${encodeURIComponent(quote.source.sha256.slice(0, 12))}` : "");
  const inPlace = (quote) => quote.links.reader.replace("#", () => `${ofText(quote)}#`);
  /** The address of a place as others are given it: without the way back to what was asked here. */
  function inPlaceAlone({ href }) {
    const url = new URL(href);
    url.searchParams.delete("back");
    return url.href;
  }

  // Showing
  function card(quote, answer, answering) {
    const node = clone("card-template"), role = answering ? quote.role : "nearest";
    node.removeAttribute("id");
    node.className = `quote ${/^[a-z]+$/.test(role) ? role : ""}`;
    Object.assign(node.dataset, { document: quote.document_id, start: quote.start, end: quote.end });
    node.quote = quote;
    identify(node);
    if (quote.language) part(node, "exact").lang = part(node, "before").lang = quote.language;
    put(node, "before", quote.shown_before ?? quote.before);
    part(node, "near").hidden = !(quote.leans && quote.before);
    part(node, "exact").append(...laid(quote));
    part(node, "block").cite = safe(quote.links.source) || inPlace(quote);
    const [speaker, rest] = byline(quote);
    put(node, "speaker", speaker);
    part(node, "rest").replaceChildren(...rest.split(/(, )/).map(isolated));
    const work = quote.source.name || quote.source.title || "";
    put(node, "title", quote.byline.includes(work) ? "" : work);
    const section = quote.section && quote.section !== work ? `§ ${quote.section}` : "";
    put(node, "section", section);
    put(node, "where", whereabouts(quote));
    part(node, "work").hidden = !(part(node, "title").textContent || section || whereabouts(quote));
    part(node, "named").hidden = !quote.voice.basis;
    put(node, "n", quote.n);
    put(node, "number", `[${quote.n}]`);
    link(node, "place", inPlace(quote));
    link(node, "original", quote.links.source);
    part(node, "actions").dataset.url = safe(quote.source.url) || "";
    const at = { document: quote.document_id, start: quote.start, end: quote.end };
    if (answering && quote.disputed) link(node, "disputes", `/disputes?${new URLSearchParams(at)}${ofText(quote)}`);
    else part(node, "disputes")?.remove();
    if (!answering) part(node, "feedback")?.remove();
    const said = stance(quote, "basis_", answer.proposition);
    put(node, "stance", said, Boolean(said));
    if (said) Object.assign(part(node, "stance").dataset, { by: quote.stance.basis, basis: strings[`flag_${quote.stance.basis}`] });
    const cited = `/v1/documents/${encodeURIComponent(quote.document_id)}/cite?start=${quote.start}&end=${quote.end}${ofText(quote)}`;
    for (const style of node.querySelectorAll("[data-style]")) {
      style.href = `${cited}&style=${style.dataset.style}&tag=${encodeURIComponent(answer.question)}`;
    }
    show(node, '[data-do="copy"]');
    part(node, "share").hidden = true;  // the address of an answer is known when it is whole
    return node;
  }

  /** Puts a quote below the others of its answer. Where the one above ends with what stands just before it, that is not said twice. */
  function lay({ node }, quote, answer) {
    const box = part(node, "answer"), above = [...box.querySelectorAll("figure")].at(-1)?.quote, own = card(quote, answer, true);
    if (above?.document_id === quote.document_id && above.exact.trimEnd().endsWith(quote.before)) part(own, "near").hidden = true;
    box.append(own);
  }

  /** The page or the time that the words stand at, as the server writes it. */
  function whereabouts({ page, time }) {
    if (page) return fill(strings.where_page, { n: page });
    if (time == null) return "";
    const [hours, minutes, seconds] = [time / 3600, (time / 60) % 60, time % 60].map((one) => Math.floor(one));
    const pair = (one) => String(one).padStart(2, "0");
    return fill(strings.where_time, { time: hours ? `${hours}:${pair(minutes)}:${pair(seconds)}` : `${minutes}:${pair(seconds)}` });
  }

  /** Words as they stand, or where their lines were only written to a width each paragraph as one piece. */
  const laid = ({ shown, exact, wrapped }) => (wrapped ? visible(shown ?? exact).split(/(\n[^\S\n]*\n\s*)/).map(flowing) : [visible(shown ?? exact)]);
  function flowing(words, at) {
    if (at % 2) return words;
    const node = document.createElement("span");
    node.className = "wrapped";
    node.textContent = words;
    return node;
  }

  /** The byline as the longest name that it begins with, if it begins with one, and the rest: as on the page of the server. */
  function byline({ byline: words, voice, source }) {
    const begins = (name) => name && words.slice(0, name.length).toLowerCase() === name.toLowerCase() && !/^\p{L}/u.test(words.slice(name.length));
    const length = Math.max(0, ...[voice?.speaker, source.author, source.publisher].filter(begins).map((name) => name.length));
    return [words.slice(0, length), words.slice(length)];
  }

  /** What stands between the commas of a byline: each name is read in its own direction. */
  function isolated(words, at) {
    if (at % 2) return words;
    const node = document.createElement("bdi");
    node.textContent = visible(words);
    return node;
  }

  /** What a side is called: a question that is no statement is answered yes or no. */
  const sideName = (side, proposition, of = "") => strings[(proposition?.endsWith("?") && { for: "yes", against: "no" }[side]) || of + side];

  /** Which side a quote takes and who says so ("basis_"); among quotes of one side only who says so ("judged_"). */
  function stance(quote, words, proposition) {
    const { side = "unclear", basis, probability } = quote.stance || {};
    if (side === "unclear") return "";
    const n = Math.round(probability * 100), how = basis === "model" && n < WEAK ? "weak" : basis;
    return fill(strings[words + how] || "", { side: sideName(side, proposition, "stance_"), n });
  }

  /** What can be done with a quote is told from the same with another by its byline, which has an id for that. */
  function identify(figure) {
    const id = `byline-${cards += 1}`;
    figure.querySelector(".speaker").id = id;
    for (const node of figure.querySelectorAll("[aria-describedby]")) node.setAttribute("aria-describedby", id);
  }

  /** Shows the buttons that need this script. */
  function show(root, buttons) {
    for (const node of root.querySelectorAll(buttons)) node.hidden = false;
  }

  function frame(text) {
    const line = document.createElement("p"), words = document.createElement("bdi");
    line.className = "frame";
    inOwn(words, text);
    line.append(words);
    return line;
  }

  /** Shows what the server says in the language of the page where its table has that, else marked as English. */
  function inOwn(node, text) {
    const own = strings.told?.[text], { lang, dir } = own ? strings : ENGLISH;
    Object.assign(node, { lang, dir, textContent: visible(own || text) });
  }

  /** A turn with nothing but its question, below another or below them all. */
  function open(question, above = turns.at(-1)) {
    const node = clone("turn-template"), turn = { question, answer: null, node, replaces: [] };
    put(node, "question", carried(question)[0]);
    if (above) above.node.after(node);
    else log.append(node);
    turns.splice(turns.indexOf(above) + 1, 0, turn);
    return turn;
  }

  function remove(old) {
    turns = turns.filter((turn) => !old.includes(turn));
    for (const turn of old) turn.node.remove();
    if (old.includes(editing)) leave();
  }

  /** A question as it was resolved: the words asked, and those that they follow up, if they do. */
  const carried = (question) => (question.match(/^(.+) \(asked after: (.+)\)$/) || [question, question, ""]).slice(1);
  function understood({ node }, resolved) {
    const [, before] = carried(resolved);
    put(node, "before-it", before);
    part(node, "follows").hidden = !before;
  }

  /** What the quotes are for or against; nothing where none of them is. */
  function on(turn, proposition) {
    turn.proposition = proposition;
    put(turn.node, "topic", proposition);
    part(turn.node, "on").hidden = !proposition;
  }
  const sidedOn = ({ proposition, quotes }) => quotes.some(({ stance }) => /^(for|against)$/.test(stance?.side)) && proposition;

  function permalink(answer, more = {}) {
    const query = new URLSearchParams({ q: answer.resolved_question });
    if (answer.debate) query.set("debate", answer.debate);
    for (const [name, value] of Object.entries(onlyOf(answer))) query.set(name, value);
    for (const place of answer.about ?? []) query.append("shown", spot(place));
    query.set("g", answer.index.generation);
    for (const [name, value] of Object.entries(more)) query.set(name, value);
    return new URL(`/?${query}`, location.href).href;
  }

  /** Adds what is known only when the answer is whole. */
  function finish(turn, answer) {
    const node = turn.node, body = part(node, "answer"), { oldest, newest } = answer.as_of;
    turn.answer = answer;
    on(turn, sidedOn(answer));
    for (const line of body.querySelectorAll(".frame:not(:has(+ figure))")) line.classList.add("said");
    [...answer.nearest, ...answer.beyond ?? []].forEach((quote) => body.append(card(quote, answer, false)));
    const said = Object.entries(onlyOf(answer)).map(([name, value]) => `${strings[`narrow_${name}`]} ${strings[`side_${value}`] ?? value}`);
    put(node, "only", said.join("; "), said.length > 0);
    understood(turn, answer.resolved_question);
    part(node, "pinned").hidden = !answer.basis;
    part(node, "gap").hidden = !answer.gap;
    if (answer.gap) inOwn(part(node, "missing").firstElementChild, `${answer.gap}.`);
    const debated = answer.proposition && answer.quotes.length;
    part(node, "sides").hidden = !debated;
    if (debated) {
      put(node, "proposition", answer.proposition);
      link(node, "proposition", `${permalink(answer, SIDES)}#both-sides`);
    }
    const dates = oldest && { from: longDate(oldest), to: longDate(newest) };
    put(node, "dates", fill(oldest === newest ? strings.dates_one : strings.dates, dates || {}), Boolean(dates && answer.quotes.length));
    part(node, "stale").hidden = !answer.index.stale;
    const here = part(node, "permalink").href = permalink(answer);
    for (const figure of body.querySelectorAll("figure")) part(figure, "share").href = `${here}#quote-${figure.quote.n}`;
    show(node, '[data-f="share"], [data-f="feedback"], [data-f="permalink"]');
    recall(turn);
    settle(turn, "");
    tell("answer", { ...turn, link: here });
  }

  // Both sides, opened under their answer
  const SIDES = { sides: 1 }, FEWEST = 3, MOST = 10; // quotes of a side, at first and where more are asked for

  async function openSides(turn, each) {
    if (turn.opening) return;
    turn.opening = true;
    told(turn, strings.searching);
    try {
      const { proposition, debate } = turn.answer;
      const reply = await post("/v1/sides", { proposition, debate, each, ...onlyOf(turn.answer) }, { signal: AbortSignal.timeout(LONGEST) });
      const sides = await reply.json();
      part(turn.node, "both")?.remove();
      turn.node.insertBefore(both(turn, sides), part(turn.node, "take"));
      part(turn.node, "sides").hidden = true;
      part(turn.node, "answer").hidden = turn.answer.sides_asked && sides.for.length + sides.against.length > 0;
      told(turn, "");
      reveal(part(turn.node, "heading"));
      part(turn.node, "heading").focus({ preventScroll: true });
      address(turn, { ...SIDES, ...(each && { each }) });
    } catch (error) {
      told(turn, reason(error, strings.away));
    }
    turn.opening = false;
  }

  function both(turn, sides) {
    const node = clone("both-template"), query = new URLSearchParams({ proposition: sides.proposition });
    if (sides.debate) query.set("debate", sides.debate);
    put(node, "motion", sides.proposition);
    const fewer = !sides.more && Math.max(sides.for.length, sides.against.length) > FEWEST;
    put(node, "each", strings[fewer ? "each_fewer" : "each_more"], sides.more || fewer);
    part(node, "each").href = permalink(turn.answer, { ...SIDES, ...(!fewer && { each: MOST }) });
    link(node, "page", `/sides?${query}`);
    for (const heading of node.querySelectorAll("[id]")) heading.removeAttribute("id");  // several may be open at once
    for (const side of ["for", "against", "context"]) {
      const box = part(node, side);
      box.append(...sides[side].map((quote) => sided(quote, turn.answer, sides.proposition)));
      box.hidden = side === "context" && !sides.context.length;
      put(box, "side", sideName(side, sides.proposition));
      put(box, "absent", strings[(sides.unclear.includes(side) ? "leaning_" : "absent_") + side], !sides[side].length);
    }
    const found = sides.for.length || sides.against.length;
    part(node, "columns").hidden = !found;
    put(node, "none", strings[sides.unclear.length ? "leaning_both" : "absent_both"], !found);
    part(node, "sides-note").hidden = !found && !sides.context.length;
    return node;
  }

  function sided(quote, answer, proposition) {
    const node = card(quote, { question: proposition }, true);
    put(node, "stance", stance(quote, "judged_", proposition), !part(node, "stance").hidden);
    put(node, "n", `${quote.n}${strings.of_sides}`);
    part(node, "feedback")?.remove();
    part(node, "share").href = `${permalink(answer, SIDES)}#side-${quote.n}`;
    part(node, "share").hidden = false;
    return node;
  }

  function told(turn, message) {
    put(turn.node, "sides-state", message, Boolean(message));
    say(message);
  }

  function shutSides(turn) {
    part(turn.node, "both").remove();
    part(turn.node, "sides").hidden = part(turn.node, "answer").hidden = false;
    part(turn.node, "proposition").focus();
    address(turn, turn.answer.sides_asked && { sides: 0 });
  }

  /** On the page, the address is the permalink of what the last turn shows. */
  function address(turn, more) {
    if (turn === turns.at(-1)) locate(permalink(turn.answer, more), carried(turn.answer.resolved_question)[0]);
  }

  function locate(url, title) {
    if (framed) return;
    window.history.replaceState({ kept: key }, "", url);
    document.title = `${visible(title)} – Pullquote`;
  }

  function settle(turn, message) {
    put(turn.node, "state", message, Boolean(message));
    turn.node.classList.toggle("failed", Boolean(message));
    turn.node.querySelector('[data-do="retry"]').hidden = !message;
    part(turn.node, "tools").hidden = false;
  }

  function restore(answer) {
    const turn = open(answer.question);
    if (!answer.parts) return settle(turn, strings.stopped);
    draw(turn, answer);
  }

  function draw(turn, answer) {
    for (const piece of answer.parts) {
      if (piece.kind === "quote") lay(turn, answer.quotes[piece.n - 1], answer);
      else part(turn.node, "answer").append(frame(piece.text));
    }
    finish(turn, answer);
  }

  /** Offers questions, each with the debate that answers it. */
  function suggest(title, { questions, debate }) {
    const next = document.querySelector('[data-f="next"]'), list = next.querySelector("ul");
    put(next, "next-title", title);
    next.hidden = !questions.length;
    list.replaceChildren(...questions.map((question) => {
      const entry = document.createElement("li"), anchor = document.createElement("a");
      anchor.href = `/?${new URLSearchParams({ q: question, ...(debate && { debate }) })}`;
      anchor.dir = "auto";
      anchor.textContent = visible(question);
      entry.append(anchor);
      return entry;
    }));
  }
  const NOTHING = { questions: [], debate: "" };
  const further = ({ suggestions, debate }) => ({ questions: suggestions, debate });
  let offered = { questions: log ? [...document.querySelectorAll(".next li a")].map((anchor) => anchor.textContent) : [], debate: debate() };

  /** What the sources of the debate answer that was chosen in place of another. */
  async function offer() {
    const chosen = debate(), about = byId("about")?.firstElementChild;
    const { headline, sources } = form.elements.debate.selectedOptions[0].dataset;
    if (about) {
      byId("headline").textContent = headline;
      about.textContent = sources;
      about.href = `/documents#${encodeURIComponent(chosen)}`;
    }
    try {
      const reply = await call(`/v1/suggestions?${new URLSearchParams(chosen && { debate: chosen })}`, { headers: json });
      const { suggestions } = await reply.json();
      if (debate() !== chosen) return;
      offered = { questions: suggestions.slice(0, OFFERED), debate: chosen };
      if (!running) suggest(strings.first, offered);
    } catch { /* what stands there is still asked in its own debate */ }
  }

  /** Asks what is offered, in the debate that answers it. */
  function take(anchor) {
    const choice = form.elements.debate;
    if (choice) choice.value = new URL(anchor.href).searchParams.get("debate") || "";
    ask(anchor.textContent);
  }

  // Asking
  const history = (before) => before.filter((turn) => turn.answer).slice(-HISTORY).map((turn) => ({
    question: turn.question,
    quotes: turn.answer.quotes.map(({ document_id, start, end }) => ({ document_id, start, end })),
  }));

  /** Asks anew. The turns that it replaces go when the answer is whole; those that hold nothing go at once. */
  async function ask(question, old = []) {
    question = question.trim();
    if (!question) return;
    running?.abort();
    leave();
    const mine = running = new AbortController();
    const earlier = history(old.length ? turns.slice(0, turns.indexOf(old[0])) : turns);
    const turn = open(question, old.at(-1));
    turn.replaces = old;
    remove(old.filter((one) => !part(one.node, "answer").childElementCount));
    keep();
    busy(true);
    const wait = (text) => { put(turn.node, "state", text); say(text); };
    wait(strings.searching);
    reveal(turn.node);
    const slow = setTimeout(wait, SLOW, strings.slow);
    const limit = setTimeout(() => mine.abort("slow"), LONGEST);
    try {
      await stream(turn, earlier, mine.signal);
      answered(turn);
    } catch (error) {
      const message = mine.signal.aborted && mine.signal.reason !== "slow" ? strings.stopped : failure(error, turn);
      settle(turn, message);
      say(message);
      if (running === mine && turns.includes(turn)) returned(turn, error);
    } finally {
      clearTimeout(slow);
      clearTimeout(limit);
      keep();
      if (running === mine) { running = null; busy(false); }
    }
  }

  function answered(turn) {
    if (turn.replaces.some((one) => turns.includes(one))) {
      remove(turn.replaces);
      reveal(turn.node);
    }
    suggest(strings.next, further(turn.answer));
    address(turn);
    const count = turn.answer.quotes.length;
    say(count ? fill(strings.answered, { n: count }) : strings.silent);
    if (turn.answer.sides_asked) openSides(turn);
  }

  /** Brings into view why a question has no answer; one that the server cannot take is given back to be changed. */
  function returned(turn, { problem }) {
    if (!part(turn.node, "answer").childElementCount) reveal(turn.node);
    if ([400, 413, 422].includes(problem?.status) && !field.value && !editing) field.value = turn.question;
  }

  /** Why an answer is not whole, in plain words. */
  function failure(error, turn) {
    const lost = part(turn.node, "answer").childElementCount ? strings.broken : strings.unreachable;
    return fill(reason(error, navigator.onLine ? lost : strings.offline, strings.failed), strings);
  }

  /** What went wrong, in plain words: what the server says, or something else where it says nothing or failed. */
  function reason(error, otherwise, failed = otherwise) {
    const { status, detail, wait, type } = error.problem || {};
    if ((status === 429 && type !== "daily-limit") || (status === 503 && (wait || !detail))) return later(Number(wait));
    if (!status) return otherwise;
    const said = sentence(String(detail || " "));
    return (status < 500 || status === 503) && detail ? strings.told?.[said] ?? said : failed;
  }

  /** That too many ask, and when to ask again where that is not at once. */
  function later(seconds) {
    if (!(seconds > MOMENT)) return strings.busy;  // nor where the server names a date, or nothing
    return seconds > 90 ? fill(strings.busy_minutes, { n: Math.ceil(seconds / 60) }) : fill(strings.busy_seconds, { n: Math.ceil(seconds / 5) * 5 });
  }

  /** The turn with those before it that it was to replace, as far as they stand; and those after it, for an edit. */
  const instead = (turn, after = []) => [...turn.replaces, turn, ...after].filter((one) => turns.includes(one));
  const turnOf = (node) => turns.find((turn) => turn.node.contains(node));

  // Editing: nothing goes until the other question is answered, and the form says what would
  function edit(turn) {
    editing = turn;
    field.value = turn.question;
    put(form, "replaces", fill(turn === turns.at(-1) ? strings.replaces_last : strings.replaces, { question: carried(turn.question)[0] }));
    byId("editing").hidden = false;
    field.setAttribute("aria-describedby", "editing");
    field.focus();
  }

  function leave() {
    if (!editing) return;
    editing = null;
    field.value = "";
    byId("editing").hidden = true;
    field.removeAttribute("aria-describedby");
  }

  function submit(event) {
    event.preventDefault();
    const question = field.value, old = editing ? instead(editing, turns.slice(turns.indexOf(editing) + 1)) : [];
    field.value = "";
    ask(question, old);
  }

  /** What a request brings, or the problem that it met, thrown. */
  async function call(url, more) {
    const reply = await fetch(url, { credentials: "omit", ...more });
    if (!reply.ok) throw { problem: { ...await reply.json().catch(() => null), status: reply.status, wait: reply.headers.get("Retry-After") } };
    return reply;
  }
  const post = (url, body, { headers, ...more } = {}) =>
    call(url, { method: "POST", headers: { ...json, ...headers }, body: JSON.stringify(body), ...more });

  async function stream(turn, earlier, signal) {
    const body = { question: turn.question, debate: debate() || null, history: earlier, ...only() };
    const reply = await post("/v1/chat", body, { signal, headers: { Accept: "text/event-stream" } });
    for await (const [event, data] of events(reply.body)) {
      if (event === "question") { understood(turn, data.resolved_question); on(turn, data.proposition); }
      if (event === "quote") lay(turn, data.quote, turn);
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
    furnish();
    if (on) suggest("", NOTHING);
    else if (document.activeElement === document.body) field.focus({ preventScroll: true });
  }

  /** What a page says before there is a question, and what it offers after. */
  function furnish() {
    for (const node of [greeting, byId("about")]) if (node) node.hidden = turns.length > 0;
    byId("headline")?.classList.toggle("hidden", turns.length > 0);
    byId("new").hidden = Boolean(running) || !turns.length;
  }

  function restart() {
    running?.abort();
    remove(turns);
    keep();
    suggest(strings.first, offered);
    if (!framed) for (const message of document.querySelectorAll("main .message")) message.remove();
    furnish();
    locate(debate() ? `/?${new URLSearchParams({ debate: debate() })}` : "/", strings.title);
    field.focus();
  }

  // Taking away
  async function copy(text, button, done) {
    let copied = true;
    try { await navigator.clipboard.writeText(text); } catch { copied = select(text); }
    if (copied) note(button, done);
    else uncopied(text, button);
  }

  /** Where copying is denied the text is shown and selected, with a line that says so until something else is done. */
  function uncopied(text, button) {
    const shown = button.closest("figure, .actions, .take, .turn-actions").querySelector(".cited"), fold = shown.closest("details"), line = shown.parentElement.querySelector(".uncopied") || document.createElement("p");
    line.className = "uncopied";
    line.textContent = strings.copy_failed;
    shown.before(line);
    if (shown.textContent !== text) for (const one of shown.parentElement.querySelectorAll("[data-style]")) one.removeAttribute("aria-current");
    shown.textContent = text;
    shown.hidden = false;
    if (fold) fold.open = true;
    shown.focus({ preventScroll: framed });
    getSelection().selectAllChildren(shown);
    say(strings.copy_failed);
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
    const { quote } = figure, words = quote?.shown ?? part(figure, "exact").textContent;
    const where = safe(part(figure, "original").getAttribute("href")) || inPlaceAlone(part(figure, "place"));
    // What the words need to be understood goes with them: an item may be just what its list denies.
    const before = part(figure, "near").hidden ? "" : `[${strings.before} “${quote?.shown_before ?? part(figure, "before").textContent}”]\n`;
    return `${before}“${words}”\n— ${quote?.byline ?? part(figure, "byline").textContent}\n${where}`;
  }

  async function cite(anchor) {
    const box = anchor.closest(".styles"), shown = box.querySelector(".cited");
    let trouble = "";
    try {
      shown.textContent = (await (await call(anchor.href)).text()).trim();
    } catch (error) {
      shown.textContent = trouble = reason(error, strings.away);
    }
    box.querySelector(".uncopied")?.remove();
    shown.hidden = false;
    box.querySelector('[data-do="copy-cited"]').hidden = Boolean(trouble);
    for (const other of box.querySelectorAll("[data-style]")) other.removeAttribute("aria-current");
    if (!trouble) anchor.setAttribute("aria-current", "true");
    say(shown.textContent);
  }

  /** Sends what a reader thinks of a quote, once: thanks take the place of the buttons. */
  async function judge(button, verdict) {
    const figure = button.closest("figure"), box = part(figure, "feedback"), { document_id, start, end } = figure.quote;
    if (figure.judged) return;
    figure.judged = true;
    const { question, answer } = turnOf(figure);
    const body = { verdict, question, answer_id: answer.id, generation: answer.index.generation, document_id, start, end };
    try {
      await post("/v1/feedback", body);
      (answer.judged ??= []).push(spot(figure.quote));
      keep();
      thank(figure);
      box.tabIndex = -1;
      box.focus({ preventScroll: true });  // the button that had it is gone
      say(strings.thanks);
    } catch (error) {
      figure.judged = false;
      note(button, reason(error, strings.away));
    }
  }

  const spot = ({ document_id, start, end }) => `${document_id}:${start}-${end}`;

  function thank(figure) {
    figure.judged = true;
    part(figure, "feedback").textContent = strings.thanks;
  }

  /** What was said of a quote before is not asked again. */
  function recall({ node, answer }) {
    for (const figure of node.querySelectorAll("figure")) {
      if (part(figure, "feedback") && answer.judged?.includes(spot(figure.quote))) thank(figure);
    }
  }

  const actions = {
    copy: (button) => copy(quoteText(button.closest("figure")), button, strings.copied),
    share: (anchor) => copy(anchor.href, anchor, strings.shared),
    "copy-cited": (button) => copy(button.parentElement.querySelector(".cited").textContent, button, strings.copied),
    retry: (button) => ask(turnOf(button).question, instead(turnOf(button))),
    edit: (button) => edit(turnOf(button)),
    cancel: () => { leave(); field.focus(); },
    helpful: (button) => judge(button, "helpful"),
    wrong_quote: (button) => judge(button, "wrong_quote"),
    wrong_speaker: (button) => judge(button, "wrong_speaker"),
  };

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest('[data-do], [data-style], .next a, .turn [data-f="proposition"], .turn [data-f="each"], .turn [data-f="shut"]') : null;
    if (!target || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (target.dataset.style) cite(target);
    else if (target.dataset.do) actions[target.dataset.do]?.(target);
    else if (target.dataset.f === "shut") shutSides(turnOf(target));
    else if (target.dataset.f) openSides(turnOf(target), Number(new URL(target.href).searchParams.get("each")) || undefined);
    else take(target);
  });

  // On paper a link to a place is its whole address, which only a browser knows.
  addEventListener("beforeprint", () => {
    for (const anchor of document.querySelectorAll('.actions a[data-f="place"]')) anchor.dataset.url = inPlaceAlone(anchor);
  });

  // The page around the frame. Only sites of the operator's list can frame us; only they are heard.
  let parentOrigin = "";
  function send(type) {
    if (parentOrigin) window.parent.postMessage({ pullquote: 1, type }, parentOrigin);
  }
  function hear(event) {
    const allowed = [location.origin, ...(document.body.dataset.origins || "").split(" ").filter(Boolean)];
    const { data } = event;
    if (event.source !== window.parent || !allowed.includes(event.origin) || data?.pullquote !== 1) return;
    if (data.type === "hello") { parentOrigin = event.origin; send("ready"); }
    if (data.type === "focus") field.focus();
    if (data.type === "ask" && typeof data.question === "string") ask(data.question);  // the server says what is too long
  }

  // Languages and scripts written from right to left: not every browser can tell.
  const LEFTWARDS = /^(?:ar|arc|ckb|dv|fa|he|iw|ji|nqo|ps|sd|syr|ug|ur|yi)(?:-(?!latn)|$)|-(?:arab|hebr|nkoo|syrc|thaa)\b/i;

  function dress() {
    const root = document.documentElement, accent = options.get("accent") || "";
    if (["light", "dark"].includes(options.get("theme"))) root.dataset.theme = options.get("theme");
    if (/^#[0-9a-f]{6}$/i.test(accent)) {
      root.style.setProperty("--accent", accent);
      root.style.setProperty("--underline", "currentcolor");  // a site's colour may be too near the paper to show a link
      root.style.setProperty("--button", accent);
      root.style.setProperty("--on-button", options.get("paper") === "#000" ? "#000" : "#fff");
    }
    if (options.get("label")) strings.title = options.get("label").slice(0, 100);
    let own = {};
    try { own = JSON.parse(options.get("strings") || "{}"); } catch { /* the defaults do */ }
    for (const [name, text] of Object.entries(own)) if (name in strings) strings[name] = String(text).slice(0, 300);
    if (options.get("greeting")) strings.greeting = options.get("greeting").slice(0, 500);
    if (options.get("lang")) speak(options.get("lang").slice(0, 35));
    document.title = `${strings.title} – Pullquote`;
    for (const node of document.querySelectorAll("[data-s]")) node.textContent = strings[node.dataset.s];
    form.querySelector("label").textContent = strings.label;
    form.querySelector('[type="submit"]').textContent = strings.ask;
    byId("stop").textContent = strings.stop;
    field.placeholder = strings.placeholder;
    for (const content of [document, ...["card", "turn", "both"].map((name) => byId(`${name}-template`).content)]) translate(content);
    suggest(strings.first, offered);
  }

  /** Names the language of the interface, turns it around where that is written from right to left, and writes dates in it where the browser knows how. */
  function speak(language) {
    document.documentElement.lang = language;
    if (LEFTWARDS.test(language)) document.documentElement.dir = "rtl";
    try { locale = Intl.DateTimeFormat.supportedLocalesOf(language)[0] || locale; } catch { /* no language's name */ }
  }

  function translate(content) {
    for (const node of content.querySelectorAll("[data-do]")) node.textContent = strings[node.dataset.do] ?? strings.copy;
    for (const node of content.querySelectorAll("[data-t]")) node.textContent = strings[node.dataset.t];
    for (const node of content.querySelectorAll("[data-l]")) node.setAttribute("aria-label", strings[node.dataset.l]);
  }

  function start() {
    form.addEventListener("submit", submit);
    form.addEventListener("input", () => { if (!field.value.trim()) leave(); });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !editing || composing(event)) return;
      leave();
      event.stopPropagation();  // the bubble stays open
    });
    byId("stop").addEventListener("click", () => { running?.abort(); field.focus(); });
    byId("new").addEventListener("click", restart);
    byId("debate")?.addEventListener("change", offer);
    if (framed) dress();
    const served = byId("answer");
    if (served) adopt(JSON.parse(served.textContent), kept());
    else kept().forEach(restore);
    if (turns.length) furnish();
    if (turns.at(-1)?.answer) suggest(strings.next, further(turns.at(-1).answer));
    if (framed) startFrame();
  }

  /** The answer that the server rendered becomes a turn like the others, among those of the tab or below them. */
  function adopt(served, answers) {
    const node = log.querySelector(".turn"), at = answers.findIndex((answer) => answer.id === served.id);
    answers.slice(0, at < 0 ? answers.length : at).forEach(restore);
    const { question = served.question, judged } = answers[at] || {};  // the address holds the question as it was resolved
    const turn = { question, answer: { ...served, question, judged }, node, replaces: [] };
    log.append(node);
    const opened = byId("both") ? JSON.parse(byId("both").textContent) : { for: [], against: [], context: [] };
    const quotes = [...served.quotes, ...served.nearest, ...served.beyond, ...opened.for, ...opened.against, ...opened.context];
    node.querySelectorAll("figure").forEach((figure, at) => { figure.quote = quotes[at]; });
    turns.push(turn);
    node.querySelectorAll("figure").forEach(identify);
    recall(turn);
    if (answers[at]?.parts && !alike(answers[at], served)) again(turn, answers[at]);
    show(node, '[data-f="feedback"], [data-f="permalink"]');
    part(node, "tools").hidden = false;
    if (at >= 0) answers.slice(at + 1).forEach(restore);
    if (turns.length > 1) reveal(node);
    if (byId("both") && location.hash === "#both-sides") byId("both-sides").focus();  // it moved, and lost the focus
    keep();
  }

  /** Whether two answers say the same with the same quotes. */
  const alike = (...both) => new Set(both.map(({ parts, quotes, nearest }) => JSON.stringify([parts, [...quotes, ...nearest].map(spot)]))).size === 1;

  /** What was read before stays: an answer may lean on more turns than an address holds. */
  function again(turn, answer) {
    part(turn.node, "answer").replaceChildren();
    draw(turn, answer);
    if (part(turn.node, "both")) part(turn.node, "sides").hidden = true;
  }

  /** Whether a key belongs to letters that are being put together, as in Japanese. */
  const composing = (event) => event.isComposing || event.keyCode === 229;

  function startFrame() {
    byId("close").hidden = !bubble;
    byId("close").addEventListener("click", () => send("close"));
    addEventListener("keydown", (event) => { if (bubble && event.key === "Escape" && !composing(event)) send("close"); });
    addEventListener("message", hear);
    if (turns.length) reveal(turns.at(-1).node);
  }

  /** Shows turns that were kept elsewhere, in place of those that are here. */
  function reopen(answers) {
    running?.abort();
    remove(turns);
    answers.forEach(restore);
    furnish();
    const last = turns.at(-1);
    if (last?.answer) { suggest(strings.next, further(last.answer)); address(last); }
    keep();
  }

  show(document, 'figure [data-do="copy"]');
  if (!framed) window.pullquote = { key, strings, fill, say, note, copy, reopen, restart, carried, permalink, turnOf };
  if (form) start();
})();
