// @ts-check
// Pullquote's widget: <pullquote-chat>, a bubble or a box in the page, which shows the conversation in a frame
// of the server's own origin. One file, no dependency; the attributes are documented in docs/widget.md.
(() => {
  "use strict";
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const server = new URL(script.src);
  const ATTRIBUTES = ["debate", "theme", "accent", "position", "layout", "height", "label", "greeting", "strings", "lang", "key", "open"];
  const WAIT = 10000; // milliseconds until a frame that stays silent is called unreachable

  // The page's own styles end at the shadow root; what it says of the element itself is overruled.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial !important; display: block !important; position: fixed !important; z-index: 2147483000 !important;
      bottom: 20px !important; right: 20px !important; direction: ltr !important; color-scheme: light dark !important; }
    :host([position="left"]) { right: auto !important; left: 20px !important; }
    :host([layout="inline"]) { position: relative !important; inset: auto !important; z-index: auto !important;
      width: 100% !important; height: var(--height, 640px) !important; }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    section, .panel, iframe { display: block; margin: 0; padding: 0; }
    button { display: flex; align-items: center; gap: 10px; min-height: 48px; max-width: calc(100vw - 40px); margin: 0 0 0 auto;
      padding: 0 18px; border: 1px solid var(--paper); border-radius: 3px; background: var(--accent); color: var(--paper);
      font: 600 16px/1.2 Charter, "Bitstream Charter", Georgia, serif; cursor: pointer; box-shadow: 0 2px 12px rgb(0 0 0 / .25); }
    :host([position="left"]) button { margin: 0 auto 0 0; }
    button::before { content: "\\201C"; font-size: 34px; line-height: 0; translate: 0 9px; }
    button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
    .panel { position: absolute; bottom: 60px; right: 0; width: 420px; height: 660px; max-width: calc(100vw - 40px);
      max-height: calc(100vh - 100px); max-height: calc(100dvh - 100px); border: 1px solid rgb(128 120 105 / .5);
      border-radius: 3px; overflow: hidden; background: Canvas; box-shadow: 0 8px 40px rgb(0 0 0 / .28); }
    :host([position="left"]) .panel { right: auto; left: 0; }
    :host([layout="inline"]) section { height: 100%; }
    :host([layout="inline"]) .panel { position: static; width: 100%; height: 100%; max-width: none; max-height: none; box-shadow: none; }
    iframe { width: 100%; height: 100%; border: 0; }
    p { margin: 0; padding: 24px; font: 16px/1.5 Georgia, serif; color: CanvasText; }
    a { color: inherit; }
    @media (max-width: 480px), (max-height: 480px) {
      :host(:not([layout="inline"])) .panel { position: fixed; inset: 0; width: 100%; height: 100%; max-width: none; max-height: none; border: 0; border-radius: 0; }
    }
    @media (forced-colors: active) { button { border: 2px solid ButtonText; background: ButtonFace; color: ButtonText; } }
    @media print { :host(:not([layout="inline"])) { display: none !important; } }
  `);

  class PullquoteChat extends HTMLElement {
    static observedAttributes = ["open"];

    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      this.label = this.getAttribute("label") || "Ask the sources";
      this.inline = this.getAttribute("layout") === "inline";
      root.append(this.build());
      this.paint();
      this.hear = this.hear.bind(this);
      window.addEventListener("message", this.hear);
      if (this.inline) this.load();
      else if (this.hasAttribute("open")) this.show({ focus: false });
    }

    disconnectedCallback() {
      window.removeEventListener("message", this.hear);
    }

    attributeChangedCallback(_name, before, after) {
      if (!this.shadowRoot || this.inline || (before === null) === (after === null)) return;
      if (after === null) this.hide();
      else this.show();
    }

    build() {
      const section = document.createElement("section"), name = this.getAttribute("debate");
      section.setAttribute("aria-label", name ? `${this.label}: ${name}` : this.label);
      this.panel = document.createElement("div");
      this.panel.className = "panel";
      if (this.inline) {
        section.append(this.panel);
        return section;
      }
      this.button = document.createElement("button");
      this.button.type = "button";
      this.button.textContent = this.label;
      this.button.setAttribute("aria-expanded", "false");
      this.button.setAttribute("aria-haspopup", "dialog");
      this.button.addEventListener("click", () => (this.panel.hidden ? this.show() : this.hide()));
      this.panel.hidden = true;
      this.panel.setAttribute("role", "dialog");
      this.panel.setAttribute("aria-label", this.label);
      section.append(this.button, this.panel);
      section.addEventListener("keydown", (event) => { if (event.key === "Escape") this.hide(); });
      return section;
    }

    /** The accent colour, with paper or ink on it, whichever is easier to read. */
    paint() {
      const given = this.getAttribute("accent") || "", accent = /^#[0-9a-f]{6}$/i.test(given) ? given : "#1c1b19";
      const linear = (at) => (parseInt(accent.slice(at, at + 2), 16) / 255) ** 2.2;
      const light = 0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5);
      this.style.setProperty("--accent", accent);
      this.style.setProperty("--paper", light > 0.18 ? "#1c1b19" : "#fbfaf7");
      const height = parseInt(this.getAttribute("height") || "", 10);
      if (height >= 200) this.style.setProperty("--height", `${height}px`);
    }

    /** The address of the frame: the debate for the server, the rest for the frame's own script. */
    address() {
      const frame = new URL("embed", server), options = new URLSearchParams();
      if (this.getAttribute("debate")) frame.searchParams.set("debate", this.getAttribute("debate"));
      for (const name of ["theme", "accent", "greeting", "strings", "lang", "key"]) {
        if (this.getAttribute(name)) options.set(name, this.getAttribute(name));
      }
      if (!this.inline) options.set("bubble", "1");
      frame.hash = options.toString();
      return frame.href;
    }

    load() {
      if (this.frame) return;
      const frame = this.frame = document.createElement("iframe");
      frame.title = this.label;
      frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox");
      frame.allow = "clipboard-write";
      frame.referrerPolicy = "origin";
      if (this.inline) frame.loading = "lazy";
      frame.addEventListener("load", () => this.greet());
      frame.src = this.address();
      this.panel.append(frame);
    }

    /** Says hello, and says so where nobody answers. */
    greet() {
      this.tell("hello");
      setTimeout(() => { if (!this.ready && !this.sorry) this.apologise(); }, WAIT);
    }

    apologise() {
      this.sorry = document.createElement("p");
      const link = document.createElement("a");
      link.href = new URL(".", server).href;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = new URL(".", server).host;
      this.sorry.append("The chat cannot be shown here. Ask on ", link, " instead.");
      this.panel.prepend(this.sorry);
    }

    tell(type, more) {
      this.frame?.contentWindow?.postMessage({ pullquote: 1, type, ...more }, server.origin);
    }

    /** Hears only its own frame, only from the server's origin, and only messages it knows. */
    hear(event) {
      if (event.origin !== server.origin || !this.frame || event.source !== this.frame.contentWindow) return;
      if (event.data?.pullquote !== 1) return;
      if (event.data.type === "ready") this.greeted();
      if (event.data.type === "close" && !this.inline) this.hide();
    }

    greeted() {
      this.ready = true;
      this.sorry?.remove();
      if (this.wanted) this.tell("focus");
      if (this.pending) this.tell("ask", { question: this.pending });
      this.wanted = this.pending = null;
    }

    /** Opens the bubble and puts the cursor into its field. */
    show({ focus = true } = {}) {
      if (this.inline || !this.panel.hidden) return;
      this.load();
      this.panel.hidden = false;
      this.button.setAttribute("aria-expanded", "true");
      this.toggleAttribute("open", true);
      if (!focus) return;
      this.frame.focus();
      if (this.ready) this.tell("focus");
      else this.wanted = true;
    }

    /** Closes the bubble and gives the focus back to its button. */
    hide() {
      if (this.inline || this.panel.hidden) return;
      this.panel.hidden = true;
      this.button.setAttribute("aria-expanded", "false");
      this.toggleAttribute("open", false);
      this.button.focus();
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
  const named = ATTRIBUTES.filter((name) => name in script.dataset);
  if (named.length || !document.querySelector("pullquote-chat")) {
    const bubble = document.createElement("pullquote-chat");
    for (const name of named) bubble.setAttribute(name, script.dataset[name]);
    document.body.append(bubble);
  }
})();
