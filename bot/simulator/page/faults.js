// Orders what shall go wrong: three forms, each posts its fields as JSON; the server checks them.
const KINDS = {
  delay: "答得晚", drip: "慢慢地答", errcode: "错误码", errcode_as_text: "错误码（text/plain）", status: "HTTP 状态 502",
  html: "一页网页", empty: "空的", garbage: "乱码", wrong_type: "类型不对", truncated: "答到一半断线", cut: "只有一半",
  video: "给视频地址", drop: "断线", redirect: "转到别处", body: "这些字节",
  lost: "答复丢了（5 秒后重发）", overlap: "没答完就重发", hold: "晚出发（乱序）", gather: "凑齐了一起出发", cut_road: "发到一半断线（重发）",
  slow: "慢慢地发", skew: "时钟不对",
  expire_tokens: "令牌过期 42001", revoke_tokens: "令牌作废 40001", expire_media: "照片全部过期 40007", late_media: "照片晚到 40007",
};
const $ = (selector, within = document) => within.querySelector(selector);

const offer = (select, values, words) => {
  for (const value of values) select.add(new Option(words(value), value));
};

const say = (text) => { $("#said").textContent = text; };

async function show() {
  for (const name of ["faults", "roads"]) {
    const waiting = await (await fetch(`/_${name}`)).json();
    $(`#${name}-waiting`).replaceChildren(...waiting.map((one) => {
      const row = document.createElement("li");
      row.textContent = `${KINDS[one.kind] ?? one.kind} ${one.path ?? ""}${one.match ? ` ${one.match}` : ""} ×${one.times}`;
      return row;
    }));
  }
}

async function order(event) {
  event.preventDefault();
  const form = event.target, given = {};
  for (const [name, value] of new FormData(form)) {
    given[name] = "number" in form.elements[name].dataset ? Number(value) : value;
  }
  const answer = await fetch(form.dataset.to, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(given),
  });
  say(answer.ok ? "安排好了" : `不行：${(await answer.json()).error}`);
  await show();
}

const choices = await (await fetch("/_faults/choices")).json();
offer($("#faults [name=path]"), choices.paths, (path) => path || "每一个");
offer($("#faults [name=kind]"), choices.kinds.filter((kind) => kind !== "body"), (kind) => KINDS[kind] ?? kind);
offer($("#faults [name=errcode]"), Object.keys(choices.errcodes).sort((a, b) => a - b), (code) => `${code} ${choices.errcodes[code]}`);
offer($("#roads [name=kind]"), choices.roads, (kind) => KINDS[kind === "cut" ? "cut_road" : kind]);
offer($("#orders [name=kind]"), choices.orders, (kind) => KINDS[kind]);
for (const form of document.forms) form.addEventListener("submit", order);
for (const button of document.querySelectorAll("[data-clear]")) {
  button.addEventListener("click", async () => {
    await fetch(button.dataset.clear, { method: "DELETE" });
    say("都取消了");
    await show();
  });
}
await show();
document.body.dataset.ready = "";
