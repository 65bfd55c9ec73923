// Forms: drafts kept in this browser, a warning before typed text is lost, one effect for two clicks.
(() => {
  "use strict";
  // Drafts are their person's: `xl-draft:<whose>:<form>`; whose is empty for whoever is not signed in.
  const DRAFTS = "xl-draft:";
  const WHO = document.body.dataset.draftsOf ?? "";
  const DRAFT = `${DRAFTS}${WHO}:`;
  const AGE = 14 * 24 * 3600 * 1000;
  // A password that is looked at is a field of text for that while: it is told by what it is for.
  const skip = (field) => !field.name || /-password$/.test(field.autocomplete) || ["file", "password", "hidden", "submit", "button"].includes(field.type) || field.name === "_key";

  function read(form) {
    const typed = {};
    for (const field of form.elements) {
      if (skip(field)) continue;
      if (field.type === "checkbox" || field.type === "radio") {
        typed[field.name] ??= [];
        if (field.checked) typed[field.name].push(field.value);
      } else if (field.multiple) typed[field.name] = [...field.selectedOptions].map((option) => option.value);
      else typed[field.name] = field.value;
    }
    return typed;
  }
  function write(form, typed) {
    for (const field of form.elements) {
      if (skip(field) || !(field.name in typed)) continue;
      const value = typed[field.name];
      if (field.type === "checkbox" || field.type === "radio") field.checked = value.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
      else field.value = value;
    }
  }
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  // What somebody else typed in this browser goes when the next person comes, what is too old at any time, all of it with
  // signing out. A session that merely ran out takes nothing: its person finds it when they are back.
  function forget(isGone) {
    try {
      for (const name of Object.keys(localStorage)) if (name.startsWith(DRAFTS) && isGone(name)) localStorage.removeItem(name);
    } catch { /* a browser without storage keeps none */ }
  }
  const isOld = (name) => { try { return !(Date.now() - JSON.parse(localStorage.getItem(name)).at < AGE); } catch { return true; } };
  const isOfOthers = (name) => WHO !== "" && !name.startsWith(DRAFT) && !name.startsWith(`${DRAFTS}:`);
  forget((name) => isOld(name) || isOfOthers(name));
  let isOver = false;
  const store = {
    get(key) {
      try {
        const kept = JSON.parse(localStorage.getItem(DRAFT + key));
        if (kept && Date.now() - kept.at < AGE) return kept.typed;
      } catch { /* a browser without storage keeps no drafts */ }
      return null;
    },
    set(key, typed) { if (!isOver) try { localStorage.setItem(DRAFT + key, JSON.stringify({ at: Date.now(), typed })); } catch { /* full or forbidden */ } },
    drop(key) { try { localStorage.removeItem(DRAFT + key); } catch { /* nothing to drop */ } },
  };

  // A draft is dropped once the server says that the form with this key took effect: not after a refusal, a lost
  // connection or a detour over the sign-in page.
  const SENT = "xl-sent-form";
  const DONE = "xl_done";
  const sent = JSON.parse(sessionStorage.getItem(SENT) ?? "null");
  if (sent && document.cookie.split("; ").includes(`${DONE}=${sent.key}`)) {
    sessionStorage.removeItem(SENT);
    store.drop(sent.draft);
  }

  function draft(form) {
    const key = form.dataset.draft;
    const first = read(form);
    const kept = store.get(key);
    const refused = document.querySelector("#form-errors, #refusal .refuse") !== null;
    // After a refusal the server's copy is the newer one.
    if (kept && !refused && !same(kept, first)) {
      write(form, kept);
      const note = document.createElement("div");
      note.className = "strip draft-note";
      note.setAttribute("role", "status");
      const words = document.createElement("span");
      words.textContent = form.dataset.draftFound;
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "btn btn-sm";
      drop.textContent = form.dataset.draftDrop;
      drop.addEventListener("click", () => {
        write(form, first);
        store.drop(key);
        note.remove();
      });
      note.append(words, drop);
      form.prepend(note);
    }
    let timer;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => store.set(key, read(form)), 400);
    });
  }

  function guard(form) {
    let first = read(form);
    let leaving = false;
    form.addEventListener("submit", () => { leaving = true; });
    addEventListener("beforeunload", (event) => {
      // A form with a draft loses nothing, so it asks nothing.
      if (!leaving && !form.dataset.draft && form.isConnected && !same(first, read(form))) event.preventDefault();
    });
    addEventListener("pageshow", (event) => { if (event.persisted) { leaving = false; first = read(form); } });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    // A form that is just saving itself is waited for: sent now, it would carry the version from before and be refused.
    if (form.classList.contains("htmx-request")) {
      event.preventDefault();
      const again = () => (form.classList.contains("htmx-request") ? setTimeout(again, 50) : form.requestSubmit(event.submitter));
      setTimeout(again, 50);
      return;
    }
    const asking = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (asking && !window.confirm(asking)) {
      event.preventDefault();
      return;
    }
    if ("forget" in form.dataset) {
      isOver = true;
      forget(() => true);
    }
    const key = form.querySelector("[name=_key]")?.value;
    if (form.dataset.draft && key) sessionStorage.setItem(SENT, JSON.stringify({ draft: form.dataset.draft, key }));
    if (form.dataset.busy) {
      event.preventDefault();
      return;
    }
    if (key) {
      form.dataset.busy = "yes";
      event.submitter?.classList.add("is-busy");
    }
  });
  // Once sent, it saves itself no more.
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.elt.dataset.busy) event.preventDefault(); });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-busy]")) {
      delete form.dataset.busy;
      form.querySelector(".is-busy")?.classList.remove("is-busy");
    }
  });

  function start(within) {
    for (const form of within.querySelectorAll("form[data-draft]")) draft(form);
    for (const form of within.querySelectorAll("form[data-guard]")) guard(form);
  }
  start(document);
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) start(event.target); });
  const wrong = document.querySelector("#form-errors, #refusal .refuse");
  if (wrong) {
    wrong.tabIndex = -1;
    wrong.focus();
  }
})();
