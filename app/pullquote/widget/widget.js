// @ts-check
// Pullquote's widget: <pullquote-chat>, a bubble or a box in the page, which shows the conversation in a frame
// of the server's own origin. One file, no dependency; the attributes are documented in docs/widget.md.
(() => {
  "use strict";
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const server = new URL(script.src);
  const NARROWS = ["who", "document", "outlet", "since", "until", "kind", "side"]; // what is looked in only
  const ATTRIBUTES = ["debate", ...NARROWS, "theme", "accent", "position", "layout", "height", "label", "greeting", "strings", "lang", "key", "open"];
  /** The server puts the words of each language here. @type {any} */
  const WORDS = "WORDS";
  const WAIT = 10000; // milliseconds until a frame that never loads is called unreachable
  const SILENT = 600; // and one that has loaded: ours answers at once, an error page of the browser never
  const FIELDS = "input, textarea, select, [contenteditable]"; // of the page, where Escape has a meaning of its own
  const SMALL = "(max-width: 480px), (max-height: 480px)"; // here the open bubble covers the page

  // The page's own styles end at the shadow root; what it says of the element itself is overruled.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial !important; display: block !important; position: fixed !important; z-index: 2147483000 !important;
      bottom: 20px !important; right: 20px !important; direction: ltr !important; color-scheme: light dark !important; }
    :host([position="left"]) { right: auto !important; left: 20px !important; }
    :host([layout="inline"]) { position: relative !important; inset: auto !important; z-index: auto !important;
      width: 100% !important; height: auto !important; }
    :host([hidden]) { display: none !important; }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    section, .panel, iframe { display: block; margin: 0; padding: 0; }
    dialog:not([open]) { display: none; }
    .launch { display: flex; align-items: center; gap: 10px; min-height: 48px; max-width: calc(100vw - 40px); margin: 0 0 0 auto;
      padding: 0 18px; border: 1px solid var(--paper); border-radius: 3px; background: var(--accent); color: var(--paper);
      font: 600 16px/1.2 Charter, "Bitstream Charter", Georgia, serif; cursor: pointer; box-shadow: 0 2px 12px rgb(0 0 0 / .25); }
    :host([position="left"]) .launch { margin: 0 auto 0 0; }
    .aside .launch { visibility: hidden; }
    .launch::before { content: "\\201C"; content: "\\201C" / ""; font-size: 34px; line-height: 0; translate: 0 9px; }
    /* Two rings, one light and one dark: one of them is seen on any page. */
    button:focus-visible, a:focus-visible { outline: 3px solid #fbfaf7; outline-offset: 0; box-shadow: 0 0 0 6px #1c1b19; }
    .close { position: absolute; inset: 0 0 auto auto; min-width: 44px; min-height: 44px; margin: 4px; padding: 0 12px; border: 0;
      background: Canvas; color: CanvasText; font: 14px/1.5 system-ui, sans-serif; text-decoration: underline; cursor: pointer; }
    .panel { position: absolute; inset: auto 0 60px auto; width: 420px; height: 660px; max-width: calc(100vw - 40px);
      max-height: calc(100vh - 100px); max-height: calc(100dvh - 100px); border: 1px solid rgb(128 120 105 / .5);
      border-radius: 3px; overflow: hidden; background: Canvas; box-shadow: 0 8px 40px rgb(0 0 0 / .28); }
    :host([position="left"]) .panel { inset: auto auto 60px 0; }
    :host([layout="inline"]) section { height: var(--height); }
    :host([layout="inline"]) .panel { position: static; width: 100%; height: 100%; max-width: none; max-height: none; box-shadow: none; }
    iframe { width: 100%; height: 100%; border: 0; }
    p { margin: 0; padding: 52px 24px 24px; font: 16px/1.5 Georgia, serif; color: CanvasText; }
    a { color: inherit; }
    @media ${SMALL} {
      :host(:not([layout="inline"])) .panel { position: fixed; inset: 0; width: 100%; height: 100%; max-width: none; max-height: none; border: 0; border-radius: 0; }
    }
    @media (forced-colors: active) { .launch { border: 2px solid ButtonText; background: ButtonFace; color: ButtonText; } }
    @media print { :host(:not([layout="inline"])) { display: none !important; } }
  `);

  // Where a box of the page comes behind a closed bubble, the bubble makes room: it would cover the box's field.
  const bubbles = new Set(), behind = new Set();
  const boxes = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) behind[isIntersecting ? "add" : "delete"](target);
    giveWay();
  }, { rootMargin: "-80% 0px 0px 0px" });
  const giveWay = () => { for (const bubble of bubbles) bubble.giveWay(); };
  addEventListener("resize", giveWay);

  class PullquoteChat extends HTMLElement {
    static observedAttributes = ["open", "hidden"];

    connectedCallback() {
      window.addEventListener("message", this);
      if (this.shadowRoot) return this.settle();
      this.words = this.language();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      this.label = this.getAttribute("label") || this.words.title;
      this.inline = this.getAttribute("layout") === "inline";
      root.append(this.build());
      this.paint();
      if (this.inline) this.load();
      else if (this.hasAttribute("open")) this.show({ focus: false });
      this.join();
    }

    /** The words of its language: that of the page around it, where it is one of ours, else the visitor's. */
    language() {
      const page = /** @type {HTMLElement} */ (this.closest("[lang]"))?.lang || document.documentElement.lang;
      const known = [page, ...navigator.languages].map((tag) => tag.toLowerCase().split(/[-_]/)[0]).find((tag) => Object.hasOwn(WORDS, tag));
      return WORDS[known || "en"];
    }

    join() {
      if (this.inline) boxes.observe(this);
      else bubbles.add(this);
    }

    giveWay() {
      const busy = this.panel.open || this.shadowRoot.activeElement, own = this.button.getBoundingClientRect();
      const covers = (box) => { const { left, right } = box.getBoundingClientRect(); return left < own.right && own.left < right; };
      this.shadowRoot.firstElementChild.classList.toggle("aside", !busy && [...behind].some(covers));
    }

    disconnectedCallback() {
      if (this.ready && this.closer) this.panel.prepend(this.closer);
      window.removeEventListener("message", this);
      this.listen("removeEventListener");
      clearTimeout(this.waiting);
      boxes.unobserve(this);
      behind.delete(this);
      bubbles.delete(this);
      this.ready = false; // the browser loads a frame that is moved anew, which then says hello again
    }

    /** Moved by `moveBefore`, nothing is lost. */
    connectedMoveCallback() {}

    /** Put elsewhere in the page, an open bubble stays open. */
    settle() {
      this.join();
      if (this.inline || !this.panel.open) return;
      this.raise();
      this.listen("addEventListener");
    }

    attributeChangedCallback(_name, before, after) {
      if (!this.shadowRoot || this.inline || (before === null) === (after === null)) return;
      if (this.hasAttribute("open") && !this.hidden) this.show({ focus: false });
      else this.hide();
    }

    build() {
      const section = document.createElement("section"), name = this.getAttribute("debate");
      section.lang = this.words.lang;
      section.setAttribute("aria-label", name ? `${this.label}: ${name.replaceAll("-", " ")}` : this.label);
      this.panel = document.createElement(this.inline ? "div" : "dialog");
      this.panel.className = "panel";
      if (this.inline) {
        section.append(this.panel);
        return section;
      }
      this.button = document.createElement("button");
      this.button.type = "button";
      this.button.className = "launch";
      this.button.textContent = this.label;
      this.button.setAttribute("aria-expanded", "false");
      this.button.setAttribute("aria-haspopup", "dialog");
      this.button.addEventListener("click", () => (this.panel.open ? this.hide() : this.show()));
      this.panel.setAttribute("aria-label", this.label);
      this.panel.tabIndex = -1;
      this.panel.addEventListener("close", this); // by the browser itself, as its back gesture does
      this.small = matchMedia(SMALL);
      section.append(this.button, this.panel);
      return section;
    }

    /** The accent colour, with white or black on it, whichever is easier to read: either is from a luminance of .179 on. */
    paint() {
      const given = this.getAttribute("accent") || "", accent = /^#[0-9a-f]{6}$/i.test(given) ? given : "#1c1b19";
      const linear = (at) => {
        const part = parseInt(accent.slice(at, at + 2), 16) / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      };
      const light = 0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5);
      const height = parseInt(this.getAttribute("height") || "", 10);
      const { style } = this.shadowRoot.querySelector("section"); // where no style of the page reaches, not even by a name
      style.setProperty("--accent", accent);
      this.paper = light > 0.179 ? "#000" : "#fff";
      style.setProperty("--paper", this.paper);
      style.setProperty("--height", `${height >= 200 ? height : 640}px`);
    }

    /** The address of the frame: the debate for the server, the rest for the frame's own script. */
    address() {
      const frame = new URL("embed", server), options = new URLSearchParams();
      for (const name of ["debate", ...NARROWS]) if (this.getAttribute(name)) frame.searchParams.set(name, this.getAttribute(name));
      frame.searchParams.set("lang", this.words.lang);
      for (const name of ["theme", "accent", "label", "greeting", "strings", "lang", "key"]) {
        if (this.getAttribute(name)) options.set(name, this.getAttribute(name));
      }
      if (options.has("accent")) options.set("paper", this.paper);
      if (!this.inline) options.set("bubble", "1");
      options.set("nth", String(this.nth()));
      frame.hash = options.toString();
      return frame.href;
    }

    /** Which of the page's boxes, or of its bubbles, on this debate it is: each keeps a conversation of its own. */
    nth() {
      const alike = (one) => ["layout", "debate"].every((name) => one.getAttribute(name) === this.getAttribute(name));
      return [.../** @type {Document} */ (this.getRootNode()).querySelectorAll("pullquote-chat")].filter(alike).indexOf(this);
    }

    load() {
      if (this.frame) return;
      const frame = this.frame = document.createElement("iframe");
      frame.title = this.label;
      // To a page of the server's own origin the sandbox would open as much as it closes.
      if (server.origin !== location.origin) frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox");
      frame.allow = "clipboard-write";
      frame.referrerPolicy = "origin";
      if (this.inline) frame.loading = "lazy";
      frame.addEventListener("load", () => this.greet());
      frame.src = this.address();
      if (!this.inline) this.panel.append(this.closing());
      this.panel.append(frame);
      if (!this.inline) this.wait(WAIT); // a server that is silent may never load it
    }

    /** A way out until the frame answers, which has its own. */
    closing() {
      this.closer = document.createElement("button");
      this.closer.type = "button";
      this.closer.className = "close";
      this.closer.textContent = this.words.close;
      this.closer.addEventListener("click", () => this.hide());
      return this.closer;
    }

    greet() {
      this.tell("hello");
      this.wait(SILENT);
    }

    /** Says so where nobody answers. */
    wait(time) {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => { if (!this.ready && !this.sorry) this.apologise(); }, time);
    }

    apologise() {
      const focused = this.shadowRoot.activeElement;
      this.sorry = document.createElement("p");
      this.sorry.setAttribute("role", "alert");
      const link = document.createElement("a");
      link.href = new URL(".", server).href;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = new URL(".", server).host;
      const [before, after] = this.words.sorry.split("{host}");
      this.sorry.append(before, link, after);
      console.error(this.words.unlisted.replaceAll("{server}", server.host).replaceAll("{site}", location.origin));
      this.frame.before(this.sorry);
      this.frame.hidden = true;
      if (focused && this.panel.contains(focused)) this.closer?.focus();
    }

    tell(type, more) {
      this.frame?.contentWindow?.postMessage({ pullquote: 1, type, ...more }, server.origin);
    }

    /** What the window, the document and the dialog say, in one place that is easy to leave again. */
    handleEvent(event) {
      if (event.type === "message") this.hear(event);
      if (event.type === "close" && !this.panel.open && this.hasAttribute("open")) this.shut(true);
      if (event.type === "keydown" && this.leaves(event)) this.hide();
      if (event.type === "change") this.raise();
    }

    /** Whether a key closes the bubble: Escape, where nothing else has a use for it. */
    leaves(event) {
      const composing = event.isComposing || event.keyCode === 229, path = event.composedPath();
      if (event.key !== "Escape" || event.defaultPrevented || composing) return false;
      return path.includes(this) || !(path[0].closest?.(`${FIELDS}, :modal`) || document.querySelector(":modal"));
    }

    /** While the bubble is open: Escape on on the page, and a window that becomes small or large. */
    listen(how) {
      document[how]("keydown", this);
      this.small?.[how]("change", this);
    }

    /** Hears only its own frame, only from the server's origin, and only messages it knows. */
    hear(event) {
      if (event.origin !== server.origin || !this.frame || event.source !== this.frame.contentWindow) return;
      if (event.data?.pullquote !== 1) return;
      if (event.data.type === "ready") this.greeted();
      if (event.data.type === "close" && !this.inline) this.hide();
    }

    greeted() {
      const focused = this.shadowRoot.activeElement;
      this.ready = true;
      this.sorry?.remove();
      this.sorry = null;
      this.frame.hidden = false;
      if (focused && this.panel.contains(focused)) this.frame.focus();
      this.closer?.remove();
      if (!this.inline && this.panel.open && this.small.matches !== this.panel.matches(":modal")) this.raise();
      if (this.wanted) this.tell("focus");
      if (this.pending) this.tell("ask", { question: this.pending });
      this.wanted = this.pending = null;
    }

    /** Opens the bubble and puts the cursor into its field. */
    show({ focus = true } = {}) {
      if (this.inline || this.hidden || this.panel.open) return;
      this.load();
      this.wanted = focus && !this.ready;
      this.raise();
      this.listen("addEventListener");
      this.button.setAttribute("aria-expanded", "true");
      this.toggleAttribute("open", true);
      if (!focus) return;
      (this.ready ? this.frame : this.sorry ? this.closer : this.panel).focus();
      if (this.ready) this.tell("focus");
    }

    /** Where the panel covers the page it is modal, nothing behind it takes the focus: once there is something in it,
     * or where a visitor opened it. */
    raise() {
      const focused = this.shadowRoot.activeElement;
      this.panel.close();
      if (this.small.matches && (this.ready || this.wanted)) this.panel.showModal();
      else this.panel.open = true; // not show(), which takes the focus
      if (focused && this.panel.contains(focused)) focused.focus();
    }

    /** Closes the bubble. */
    hide() {
      if (this.inline || !this.panel.open) return;
      const within = Boolean(this.shadowRoot.activeElement) || this.panel.matches(":modal");
      this.panel.close();
      this.shut(within);
    }

    /** Gives the focus back to the button, where it was in the bubble. */
    shut(within) {
      this.listen("removeEventListener");
      this.wanted = null;
      this.button.setAttribute("aria-expanded", "false");
      this.toggleAttribute("open", false);
      if (within) this.button.focus();
    }

    /** Opens, and asks. */
    ask(question) {
      this.load();
      this.show();
      if (this.ready) this.tell("ask", { question: String(question) });
      else this.pending = String(question);
    }
  }

  if (!customElements.get("pullquote-chat")) customElements.define("pullquote-chat", PullquoteChat);

  // A script tag with data-… attributes, or alone on the page, brings its own bubble.
  function mount() {
    const named = ATTRIBUTES.filter((name) => name in script.dataset);
    if (!named.length && document.querySelector("pullquote-chat")) return;
    const bubble = document.createElement("pullquote-chat");
    for (const name of named) bubble.setAttribute(name, script.dataset[name]);
    document.documentElement.append(bubble); // in a body that is moved or blurred as a whole it would not stay in the window
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mount); // what follows is not there yet
  else mount();
})();
