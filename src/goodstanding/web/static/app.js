// What pages need beyond htmx. No framework; everything hangs on data attributes and works on swapped-in parts, too.
(() => {
  "use strict";
  const word = (name) => document.body.getAttribute("data-word-" + name) || "";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  // Toasts
  function toast(text, tag) {
    const box = document.querySelector(".toasts");
    if (!box) return;
    const note = document.createElement("div");
    note.className = "toast-note " + (tag || "");
    const span = document.createElement("span");
    span.textContent = text;
    note.append(span);
    box.append(note);
    fade(note);
  }
  function fade(note) {
    setTimeout(() => note.remove(), note.classList.contains("error") ? 12000 : 6000);
  }

  // Countdowns
  function span(seconds) {
    const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
    const unit = (n, name) => n + " " + (word(name).split("|")[n === 1 ? 0 : 1] || word(name).split("|")[0]);
    if (days >= 10) return unit(days, "day");
    if (days) return hours % 24 ? unit(days, "day") + " " + unit(hours % 24, "hour") : unit(days, "day");
    if (hours) return minutes % 60 ? unit(hours, "hour") + " " + unit(minutes % 60, "minute") : unit(hours, "hour");
    return unit(minutes, "minute");
  }
  function countdown() {
    const now = Date.now();
    for (const item of all("[data-until]")) {
      const rest = Math.trunc((Date.parse(item.getAttribute("datetime")) - now) / 1000);
      if (Number.isNaN(rest)) continue;
      const text = (rest >= 0 ? word("left") : word("over")).replace("%(span)s", span(Math.abs(rest)));
      if (text.trim()) item.textContent = text;
      const box = item.closest(".due");
      if (!box) continue;
      box.classList.remove("over", "hot", "warm", "calm");
      box.classList.add(rest < 0 ? "over" : rest < 86400 ? "hot" : rest < 259200 ? "warm" : "calm");
    }
  }

  // Copying
  async function copy(button) {
    const target = button.dataset.copy;
    const text = target.startsWith("#") ? (document.querySelector(target) || {}).textContent || "" : target;
    try {
      await navigator.clipboard.writeText(text.trim());
    } catch {
      const area = document.createElement("textarea");
      area.value = text.trim();
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    toast(word("copied"));
  }

  // Choosing several cases
  function count() {
    const bar = document.querySelector("[data-bulk]");
    if (!bar) return;
    const chosen = all("input[name=case]:checked").length;
    bar.hidden = !chosen;
    bar.querySelector("[data-bulk-count]").textContent = chosen;
  }

  // Moving with the keyboard
  function move(step) {
    const rows = all("[data-row]");
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.classList.contains("picked"));
    const next = Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step));
    rows.forEach((row, index) => row.classList.toggle("picked", index === next));
    rows[next].scrollIntoView({ block: "nearest" });
  }
  const picked = () => document.querySelector("[data-row].picked");
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const search = document.querySelector("[data-search]");
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x" && picked()) {
      const box = picked().querySelector("input[type=checkbox]");
      if (box) { box.checked = !box.checked; count(); }
    } else if (event.key === "Enter" && picked() && event.target === document.body) picked().querySelector("a").click();
    else if (event.key === "/" && search) { event.preventDefault(); search.focus(); search.select(); }
    else if (event.key === "g") { const home = document.querySelector(".side-nav a"); if (home) home.click(); }
    else if (event.key === "?") { const sheet = document.getElementById("shortcuts"); if (sheet && sheet.showModal) sheet.showModal(); }
  });

  // Clicks, in one place
  document.addEventListener("click", (event) => {
    const hit = (selector) => event.target.closest(selector);
    let item;
    if ((item = hit("[data-copy]"))) { event.preventDefault(); copy(item); }
    else if ((item = hit("[data-dismiss]"))) item.closest("[data-toast]").remove();
    else if (hit("[data-side]")) document.body.classList.toggle("side-open");
    else if ((item = hit("[data-close]"))) item.closest("dialog").close();
    else if ((item = hit("[data-open]"))) { const sheet = document.querySelector(item.dataset.open); if (sheet) sheet.showModal(); }
    else if ((item = hit("[data-insert]"))) insert(item);
    else if ((item = hit("[data-find]"))) find(item);
    else if ((item = hit("[data-print]"))) window.print();
    else if ((item = hit("[data-panel]"))) panel(item);
  });

  // Tabs of the case page on a phone
  function panel(link) {
    const group = link.closest("[data-panels]");
    all("[data-panel]", group).forEach((other) => other.toggleAttribute("aria-current", other === link));
  }

  // Words that belong into the reply
  function insert(button) {
    const area = document.querySelector(button.dataset.into);
    if (!area) return;
    area.setRangeText(button.dataset.insert, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }

  // A word of the reply that somebody has to look at: the place is selected in the editor
  function find(button) {
    const area = document.querySelector(button.dataset.in);
    const wanted = button.dataset.find;
    if (!area || !wanted) return;
    let at = area.value.indexOf(wanted, document.activeElement === area || area.selectionStart !== area.selectionEnd ? area.selectionEnd : 0);
    if (at < 0) at = area.value.indexOf(wanted);
    if (at < 0) return;
    area.focus({ preventScroll: true });
    area.setSelectionRange(at, at + wanted.length);
    const above = area.value.slice(0, at).split("\n").length - 1;
    area.scrollTop = Math.max(0, (area.scrollHeight / area.value.split("\n").length) * above - area.clientHeight / 3);
    area.scrollIntoView({ block: "center", behavior: "smooth" });
  }

  // Unsaved changes
  let dirty = null;
  document.addEventListener("input", (event) => { const form = event.target.closest("form[data-guard]"); if (form) dirty = form; });
  document.addEventListener("submit", (event) => {
    if (event.target === dirty) dirty = null;
    const ask = event.target.dataset.confirm;
    if (ask && !window.confirm(ask)) { event.preventDefault(); return; }
    if (event.target.method === "dialog") return;
    const button = event.submitter;
    if (button && !event.target.hasAttribute("data-upload")) setTimeout(() => { button.disabled = true; setTimeout(() => { button.disabled = false; }, 8000); });
  });
  window.addEventListener("beforeunload", (event) => { if (dirty && document.contains(dirty)) { event.preventDefault(); event.returnValue = word("unsaved"); } });

  document.addEventListener("change", (event) => {
    if (event.target.name === "case") count();
    const form = event.target.closest("form[data-autosubmit]");
    if (form && event.target.matches("select")) form.requestSubmit();
    if (event.target.matches(".drop-zone input[type=file]")) names(event.target);
    if (event.target.matches("[data-upload] input[type=file]")) send(event.target.closest("form"), event.target.files);
  });

  // What was chosen, in words of ours: the browser's own speak its language
  function names(input) {
    const place = input.closest(".drop-zone").querySelector("[data-names]");
    if (place && input.files.length) place.textContent = Array.from(input.files, (file) => file.name).join(", ");
  }

  // Uploads: dropped or chosen, one bar each, then the page's own answer
  function send(form, files) {
    if (!files.length) return;
    const limit = Number(form.dataset.limit || 0), bars = form.querySelector("[data-bars]");
    let open = files.length, failed = false;
    for (const file of files) {
      const bar = document.createElement("div");
      bar.className = "bar";
      const name = document.createElement("span"), meter = document.createElement("progress");
      name.textContent = file.name;
      meter.max = 100;
      meter.value = 0;
      meter.setAttribute("aria-label", word("uploading") + " " + file.name);
      bar.append(name, meter);
      bars.append(bar);
      const done = (text) => {
        if (text) { failed = true; bar.classList.add("bad"); meter.remove(); const why = document.createElement("em"); why.textContent = text; bar.append(why); }
        else bar.classList.add("done");
        open -= 1;
        if (!open && !failed) window.location.reload();
        else if (!open) refresh(form);
      };
      if (limit && file.size > limit) { done(word("too-large")); continue; }
      const data = new FormData(form);
      data.delete("file");
      data.append("file", file);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = (event) => { if (event.lengthComputable) meter.value = (100 * event.loaded) / event.total; };
      request.onerror = () => done(word("failed"));
      request.onload = () => {
        if (request.status >= 200 && request.status < 300) return done("");
        let answer = {};
        try { answer = JSON.parse(request.responseText); } catch { /* an error page */ }
        done(answer.message || (request.status === 413 ? word("too-large") : word("failed")));
      };
      request.send(data);
    }
  }
  function refresh(form) {
    const list = document.querySelector(form.dataset.upload || "#none");
    if (list && window.htmx) window.htmx.trigger(list, "refresh");
  }
  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, (event) => {
      const form = event.target.closest && event.target.closest("form[data-upload]");
      if (type !== "dragleave" && event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files")) event.preventDefault();
      all("form[data-upload]").forEach((other) => other.classList.toggle("over", other === form && type === "dragover"));
      const zone = !form && event.target.closest && event.target.closest(".drop-zone");
      if (zone) zone.classList.toggle("over", type === "dragover");
      if (form && type === "drop") send(form, event.dataTransfer.files);
      else if (zone && type === "drop") {
        const input = zone.querySelector("input[type=file]");
        input.files = event.dataTransfer.files;
        names(input);
      }
    });
  }

  // Where the reader is, in the section bar
  function spy() {
    const links = all(".sections a[href^='#']");
    if (!links.length || !("IntersectionObserver" in window)) return;
    const seen = new Map();
    const observer = new IntersectionObserver((entries) => {
      for (const entry of entries) seen.set(entry.target.id, entry.isIntersecting ? entry.intersectionRatio + 1 : 0);
      const best = links.find((link) => seen.get(link.hash.slice(1)));
      if (best) links.forEach((link) => link.toggleAttribute("aria-current", link === best));
    }, { rootMargin: "-80px 0px -45% 0px" });
    links.forEach((link) => { const part = document.querySelector(link.hash); if (part) observer.observe(part); });
  }

  document.addEventListener("htmx:afterSwap", () => { countdown(); count(); });
  document.addEventListener("DOMContentLoaded", () => {
    countdown();
    count();
    spy();
    all("[data-toast]").forEach(fade);
    setInterval(countdown, 30000);
  });
})();
