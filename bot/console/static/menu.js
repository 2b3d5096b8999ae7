// Comfort for the menu editor: bytes counted while typing, only the fields a type needs, the preview kept up, dragging.
// The page works without it: the server does the same when a button is pressed.
"use strict";
(() => {
  const form = document.querySelector("[data-menu-form]");
  if (!form) return;
  const encoder = new TextEncoder();
  const bytes = (text) => encoder.encode(text).length;
  const width = (text) => [...text].reduce((sum, char) => sum + (char.codePointAt(0) < 128 ? 1 : 2), 0);

  function asShown(name, shown) {
    if (width(name) <= shown * 2) return name;
    let kept = "";
    for (const char of name) {
      if (width(kept + char) > shown * 2) break;
      kept += char;
    }
    return kept + "...";
  }

  const own = (li, selector) => li.querySelector(`:scope > .holds > .block ${selector}`);
  const nameOf = (li) => own(li, "[name=name]").value.trim();
  const subsOf = (top) => [...top.querySelectorAll("[data-sub]")];

  function counted(input) {
    const told = document.getElementById(`count-${input.name}-${input.id.slice(input.name.length + 1)}`);
    if (!told) return;
    const now = bytes(input.value.trim()), most = Number(told.dataset.most);
    told.textContent = `${now}/${most} 字节`;
    told.classList.toggle("over", now > most);
  }

  function dressed(li) {
    const type = own(li, "[name=type]"), hasSubs = subsOf(li).length > 0;
    const chosen = type.selectedOptions[0], needs = (chosen?.dataset.needs || "").split(" ");
    for (const field of own(li, ".fields").querySelectorAll("[data-field]")) {
      const name = field.dataset.field;
      const wanted = name === "media" ? needs.some((need) => need.endsWith("_id")) : needs.includes(name);
      field.hidden = hasSubs || !wanted;
    }
    const key = own(li, "[name=key]");
    const answers = !hasSubs && needs.includes("key") && key.value ? `：${key.selectedOptions[0].textContent}` : "";
    own(li, "[data-deed]").textContent = (hasSubs ? "有子菜单（点了展开）" : chosen?.textContent || "") + answers;
    own(li, "[data-title]").textContent = nameOf(li) || "（没有名字）";
  }

  function drawn(part) {
    const bar = part.querySelector("[data-phone] .phone-bar");
    const open = [...bar.querySelectorAll(".phone-button")].findIndex((one) => one.open);
    const buttons = [...part.querySelectorAll("[data-top]")].map((top, at) => {
      const subs = subsOf(top), name = asShown(nameOf(top), 4) || "　";
      if (!subs.length) {
        const plain = document.createElement("span");
        plain.className = "phone-button";
        plain.textContent = name;
        return plain;
      }
      const button = document.createElement("details"), label = document.createElement("summary");
      const list = document.createElement("ul"), mark = document.createElement("span");
      button.className = "phone-button";
      button.name = part.querySelector("[data-phone]").getAttribute("aria-label");
      button.open = at === open;
      mark.setAttribute("aria-hidden", "true");
      mark.textContent = "≡ ";
      label.append(mark, name);
      list.append(...subs.map((sub) => {
        const line = document.createElement("li");
        line.textContent = asShown(nameOf(sub), 8) || "　";
        return line;
      }));
      button.append(label, list);
      return button;
    });
    bar.replaceChildren(bar.firstElementChild, ...buttons);
  }

  function refreshed() {
    for (const li of form.querySelectorAll("[data-top], [data-sub]")) dressed(li);
    for (const part of form.querySelectorAll("[data-part]")) drawn(part);
  }

  form.addEventListener("input", (event) => {
    counted(event.target);
    refreshed();
  });

  // -- dragging: an upper button among upper ones with all it holds, a sub-button to any place among sub-buttons
  let held = null;

  function over(x, y) {
    const kind = held.matches("[data-top]") ? "[data-top]" : "[data-sub]";
    const under = document.elementFromPoint(x, y);
    const target = under?.closest(kind);
    if (target && target !== held && form.contains(target) && !held.contains(target)) {
      const box = target.getBoundingClientRect();
      target[y < box.top + box.height / 2 ? "before" : "after"](held);
      return;
    }
    const row = kind === "[data-sub]" && under?.closest("[data-top]")?.querySelector("[data-subs]");
    if (row && !row.contains(held) && !target) row.append(held);
  }

  for (const grip of form.querySelectorAll("[data-grip]")) {
    grip.hidden = false;
    grip.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      held = grip.closest("li");
      held.classList.add("dragged");
    });
  }
  document.addEventListener("pointermove", (event) => {
    if (held) over(event.clientX, event.clientY);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => {
      if (!held) return;
      held.classList.remove("dragged");
      held = null;
      refreshed();
    });
  }

  refreshed();
})();
