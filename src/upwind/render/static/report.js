"use strict";
// The page stands without this: it moves the maps, tells what a mark reads, and switches the language.
(() => {
  const root = document.documentElement;

  function speak(language) {
    root.lang = language;
    for (const named of document.querySelectorAll(`[data-${language}]`)) {
      named.setAttribute("aria-label", named.getAttribute(`data-${language}`));
    }
  }

  class MovableMap {
    constructor(frame) {
      this.frame = frame;
      this.svg = frame.querySelector(".map");
      this.tip = frame.querySelector(".tip");
      this.pins = [...this.svg.querySelectorAll(".pin")];
      this.scale = this.svg.querySelector(".scale");
      this.home = this.svg.dataset.home.split(" ").map(Number);
      this.box = [...this.home];
      this.pointers = new Map();
      this.listen();
      this.draw();
    }

    listen() {
      const svg = this.svg;
      svg.addEventListener("pointerdown", (event) => this.press(event));
      svg.addEventListener("pointermove", (event) => this.move(event));
      for (const end of ["pointerup", "pointercancel"]) {
        svg.addEventListener(end, (event) => this.pointers.delete(event.pointerId));
      }
      svg.addEventListener("pointerleave", () => { this.tip.hidden = true; });
      svg.addEventListener("dblclick", (event) => this.zoom(0.5, this.at(event)));
      svg.addEventListener("keydown", (event) => this.key(event));
      svg.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
      for (const button of this.frame.querySelectorAll("[data-act]")) {
        button.addEventListener("click", () => this.act(button.dataset.act));
      }
      new ResizeObserver(() => this.draw()).observe(svg);
    }

    // Metres a pixel, as the picture is fitted into its frame.
    metres() {
      const seen = this.svg.getBoundingClientRect();
      if (!seen.width || !seen.height) return this.box[2] / 760; // not laid out yet
      return Math.max(this.box[2] / seen.width, this.box[3] / seen.height);
    }

    at(event) {
      const matrix = this.svg.getScreenCTM().inverse();
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
      return [point.x, point.y];
    }

    act(name) {
      if (name === "all" || name === "near") {
        this.box = name === "all" ? [...this.home] : this.svg.dataset.near.split(" ").map(Number);
        this.draw();
      } else {
        this.zoom(name === "in" ? 0.6 : 1 / 0.6);
      }
    }

    zoom(factor, about = [this.box[0] + this.box[2] / 2, this.box[1] + this.box[3] / 2]) {
      const width = this.box[2] * factor;
      if (width < 5 || width > this.home[2] * 3) return;
      this.box = [
        about[0] + (this.box[0] - about[0]) * factor, about[1] + (this.box[1] - about[1]) * factor,
        width, this.box[3] * factor,
      ];
      this.draw();
    }

    pan(right, down) {
      this.box[0] += right;
      this.box[1] += down;
      this.draw();
    }

    press(event) {
      this.pointers.set(event.pointerId, event);
      this.svg.setPointerCapture(event.pointerId);
      this.show(event);
    }

    move(event) {
      const before = this.pointers.get(event.pointerId);
      if (!before) return this.show(event);
      const metres = this.metres();
      if (this.pointers.size === 2) {
        const other = [...this.pointers.values()].find((one) => one.pointerId !== event.pointerId);
        const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
        this.zoom(apart(before) / Math.max(apart(event), 1), this.at(other));
      } else {
        this.pan((before.clientX - event.clientX) * metres, (before.clientY - event.clientY) * metres);
      }
      this.pointers.set(event.pointerId, event);
    }

    wheel(event) {
      if (!event.ctrlKey && document.activeElement !== this.svg) return;
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, this.at(event));
    }

    key(event) {
      const step = this.box[2] / 10;
      const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
      const acts = { "+": "in", "=": "in", "-": "out", 0: "all" };
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (moves[event.key]) this.pan(...moves[event.key]);
      else if (acts[event.key]) this.act(acts[event.key]);
      else return;
      event.preventDefault();
    }

    show(event) {
      const mark = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-tip]");
      this.tip.hidden = !mark;
      if (!mark) return;
      const seen = this.frame.getBoundingClientRect();
      this.tip.textContent = (document.documentElement.lang === "es" && mark.dataset.tipEs) || mark.dataset.tip;
      const left = Math.min(event.clientX - seen.left + 12, seen.width - this.tip.offsetWidth - 4);
      const below = event.clientY - seen.top + 16;
      this.tip.style.left = `${Math.max(left, 4)}px`;
      this.tip.style.top = `${below + this.tip.offsetHeight > seen.height ? below - 32 - this.tip.offsetHeight : below}px`;
    }

    draw() {
      const metres = this.metres();
      this.svg.setAttribute("viewBox", this.box.join(" "));
      for (const pin of this.pins) pin.setAttribute("transform", `${pin.dataset.at} scale(${metres})`);
      this.rule(metres);
    }

    // The scale bar: the roundest length near a fifth of the picture, at its lower left.
    rule(metres) {
      const seen = this.svg.getBoundingClientRect();
      if (!seen.width) return;
      const wanted = (seen.width * metres) / 6;
      const power = 10 ** Math.floor(Math.log10(wanted));
      const length = [5, 2, 1].map((factor) => factor * power).find((one) => one <= wanted);
      const middle = [this.box[0] + this.box[2] / 2, this.box[1] + this.box[3] / 2];
      const x = middle[0] - (seen.width / 2 - 12) * metres;
      const y = middle[1] + (seen.height / 2 - 12) * metres;
      this.scale.setAttribute("transform", `translate(${x} ${y})`);
      this.scale.querySelector(".bar").setAttribute("transform", `scale(${length} ${6 * metres / 0.08})`);
      this.scale.querySelector(".size").setAttribute("transform", `scale(${metres})`);
      this.scale.querySelector("text").textContent = length < 1 ? `${length * 100} cm` : `${length.toLocaleString("en")} m`;
    }
  }

  for (const time of document.querySelectorAll("time")) {
    const local = new Date(time.dateTime);
    time.title = local.toLocaleString("sv", { timeZoneName: "short" });
  }
  for (const button of document.querySelectorAll("[data-switch]")) {
    button.addEventListener("click", () => speak(root.lang === "en" ? "es" : "en"));
  }
  speak(root.lang);
  for (const frame of document.querySelectorAll(".frame")) new MovableMap(frame);
})();
