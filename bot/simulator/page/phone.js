// A phone with the account's chat open. Everything it knows comes from /phone/…; text is never parsed as HTML here.
const $ = (id) => document.getElementById(id);
const PLACES = [
  ["昆明市五华区", 25.0357, 102.7074], ["昆明市盘龙区", 25.1163, 102.7517], ["昆明市官渡区", 25.015, 102.7488],
  ["昆明市西山区", 25.0381, 102.6645], ["昆明市呈贡区", 24.8855, 102.8215], ["昆明市安宁市", 24.9194, 102.4785],
  ["长春市朝阳区", 43.8334, 125.2883], ["吉林市船营区", 43.8338, 126.5409], ["延吉市", 42.8912, 129.5089],
  ["四平市铁西区", 43.146, 124.3457],
];
const GAP_S = 300;
let account = {}, papers = [], scenes = [], openid = "", last = 0, lastAt = 0, menu = "", following = null, poll = null, sending = 0;

function made(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
}

async function call(path, body) {
  const options = body === undefined ? {} : body instanceof FormData ? { method: "POST", body }
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(path, options);
  const said = await response.json();
  if (!response.ok) throw new Error(said.error || response.status);
  return said;
}

async function deed(name, body = {}) {
  sending += 1; head();
  try { return await call(`/phone/${encodeURIComponent(openid)}/${name}`, body); }
  catch (wrong) { $("chat").append(made("p", { className: "grey", textContent: wrong.message })); down(); }
  finally { sending -= 1; head(); }
}

// the chat
function down() { $("chat").scrollTop = $("chat").scrollHeight; }

function clock(at) {
  const when = new Date(at * 1000), now = new Date();
  const hours = when.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  return when.toDateString() === now.toDateString() ? hours : `${when.getMonth() + 1}月${when.getDate()}日 ${hours}`;
}

function words(line) {
  if (line.side !== "account") return [line.text];
  return line.segments.map((piece) => {
    if (piece.kind === "tap") {
      const tap = made("button", { className: "tap", textContent: piece.text, type: "button" });
      tap.onclick = () => deed("say", { text: piece.says, menuid: piece.id });
      return tap;
    }
    if (piece.kind === "link") return made("a", { href: piece.href, textContent: piece.text, target: "_blank", rel: "noreferrer" });
    return piece.text;
  });
}

function picture(media) {
  const image = made("img", { src: `/phone/media/${encodeURIComponent(media)}`, alt: "图片" });
  image.onload = () => { if (nearEnd()) down(); };
  image.onclick = () => sheet("图片", made("img", { className: "large", src: image.src, alt: "图片" }));
  return image;
}

function articleCard(article) {
  const card = made("a", { className: "card", target: "_blank", rel: "noreferrer" },
    made("div", { className: "words" }, article.Title || "", made("small", { textContent: article.Description || "" })));
  if (/^https?:\/\//.test(article.Url || "")) card.href = article.Url;
  return card;
}

function bubble(line) {
  const plain = (...inside) => made("div", { className: "bubble" }, ...inside);
  const bare = (...inside) => made("div", { className: "bubble bare" }, ...inside);
  switch (line.kind) {
    case "image": return bare(picture(line.media_id));
    case "location": return bare(made("div", { className: "card" }, made("div", { className: "words" }, line.text || "位置",
      made("small", { textContent: `${line.detail.lat}, ${line.detail.lng}` })), made("div", { className: "map" })));
    case "voice": return Object.assign(plain(line.side === "me" ? "1″ ◖))" : "语音"), { className: "bubble voice" });
    case "sticker": return bare(made("div", { className: "sticker", textContent: "😊" }));
    case "news": return bare(...line.detail.articles.map(articleCard));
    case "text": case "options": return plain(...words(line));
    default: return plain(line.text || `[${line.kind}]`);
  }
}

function shown(line) {
  if (line.kind === "menu") return null;
  if (line.side === "system") return made("p", { className: "grey", textContent: line.text });
  if (line.kind === "notice") {
    const rows = Object.entries(line.detail.values).flatMap(([name, value]) => [made("dt", { textContent: name }), made("dd", { textContent: value })]);
    return made("div", { className: "notice" }, made("b", { textContent: "服务通知" }), made("dl", {}, ...rows));
  }
  const side = line.side === "me" ? "me" : "account";
  const avatar = made("div", { className: "avatar", textContent: side === "me" ? "我" : account.name.slice(0, 1) });
  return made("div", { className: `row ${side}` }, avatar, bubble(line));
}

function nearEnd() { const chat = $("chat"); return chat.scrollHeight - chat.scrollTop - chat.clientHeight < 260; }

function add(lines) {
  const follow = nearEnd();
  for (const line of lines) {
    if (line.id <= last) continue;
    last = line.id;
    const node = shown(line);
    if (!node) continue;
    if (line.at - lastAt > GAP_S) $("chat").append(made("p", { className: "time", textContent: clock(line.at) }));
    lastAt = line.at;
    $("chat").append(node);
  }
  if (lines.length && (follow || lines.some((line) => line.side === "me"))) down();
}

let typed = false;
function head() { $("title").textContent = typed || sending ? "对方正在输入…" : account.name; }

async function listen() {
  const mine = (poll = new AbortController());
  let wait = 0;
  while (!mine.signal.aborted) {
    try {
      const path = `/phone/${encodeURIComponent(openid)}/log?after=${last}&wait=${wait}`;
      const said = await (await fetch(path, { signal: mine.signal })).json();
      if (said.error) { location.reload(); return; }
      if (mine.signal.aborted) return;
      add(said.lines);
      typed = said.typing; head();
      follows(said.following);
      buttons(said.menu);
      wait = typed ? 2 : 25;
    } catch { if (!mine.signal.aborted) await new Promise((done) => setTimeout(done, 1500)); }
  }
}

async function use(id) {
  poll?.abort();
  openid = id; last = 0; lastAt = 0; menu = ""; following = null;
  sessionStorage.setItem("phone", id);
  $("chat").replaceChildren();
  listen();
}

// the bottom bar
function follows(now) {
  if (now === following) return;
  following = now;
  $("unfollowed").hidden = now; $("bar").hidden = !now;
}

function bar(which) {
  $("menu-bar").hidden = which !== "menu"; $("input-bar").hidden = which === "menu";
  $("panel").hidden = true; closeSubs();
}

function closeSubs() { for (const sub of document.querySelectorAll("#menu .sub")) sub.hidden = true; }

function buttons(now) {
  const text = JSON.stringify(now);
  if (text === menu) return;
  menu = text;
  $("to-menu").hidden = !now.length;
  bar(now.length ? "menu" : "input");
  $("menu").replaceChildren(...now.map((button) => {
    const top = made("button", { textContent: button.name, type: "button" }), cell = made("div", {}, top);
    if (!button.sub_button?.length) { top.onclick = () => { closeSubs(); press(button); }; return cell; }
    top.className = "has-sub";
    const sub = made("div", { className: "sub", hidden: true }, ...button.sub_button.map((each) => {
      const item = made("button", { textContent: each.name, type: "button" });
      item.onclick = () => { closeSubs(); press(each); };
      return item;
    }));
    top.onclick = () => { const was = sub.hidden; closeSubs(); sub.hidden = !was; };
    cell.append(sub);
    return cell;
  }));
}

function press(button) {
  switch (button.type) {
    case "click": return deed("click", { key: button.key });
    case "view": window.open(button.url, "_blank", "noreferrer"); return deed("view", { url: button.url });
    case "miniprogram": return sheet("小程序", made("p", { className: "grey", textContent: `这里会打开小程序 ${button.appid}，页面 ${button.pagepath}` }));
    case "scancode_push": case "scancode_waitmsg":
      return ask("扫一扫", "二维码的内容", (result) => deed("scan_code", { key: button.key, type: button.type, result }));
    case "location_select": return choosePlace((place) => deed("select_location", { key: button.key, ...place }));
    case "pic_sysphoto": case "pic_photo_or_album": case "pic_weixin":
      return choosePapers((names) => deed("pick", { key: button.key, type: button.type, names }), (form) => {
        form.append("key", button.key); form.append("type", button.type); return deed("pick", form);
      });
  }
}

// sheets from below
function close() { $("sheet").close(); $("shade").hidden = true; }
function sheet(title, ...inside) {
  $("sheet").replaceChildren(made("h2", { textContent: title }), ...inside);
  $("shade").hidden = false;
  if (!$("sheet").open) $("sheet").show();
}

function ask(title, hint, then, extra = []) {
  const field = made("input", { placeholder: hint, required: true }), form = made("form", {}, field, made("button", { className: "primary", textContent: "确定" }));
  form.onsubmit = (event) => { event.preventDefault(); close(); then(field.value.trim()); };
  sheet(title, ...extra, form);
  field.focus();
}

function item(text, then, note = "", chosen = false) {
  const node = made("button", { className: `item${chosen ? " now" : ""}`, type: "button" }, text, made("small", { textContent: note }));
  node.onclick = () => { close(); then(); };
  return node;
}

function choosePlace(then) {
  const lat = made("input", { placeholder: "纬度 25.04", inputMode: "decimal" }), lng = made("input", { placeholder: "经度 102.71", inputMode: "decimal" });
  const form = made("form", {}, lat, lng, made("button", { className: "primary", textContent: "发送" }));
  form.onsubmit = (event) => { event.preventDefault(); close(); then({ lat: +lat.value, lng: +lng.value, label: "" }); };
  sheet("发送位置", ...PLACES.map(([label, a, b]) => item(label, () => then({ lat: a, lng: b, label }), `${a}, ${b}`)), form);
}

let takesFiles = null;
function choosePapers(then, withFiles) {
  const boxes = papers.map((paper) => {
    const box = made("input", { type: "checkbox", value: paper.name });
    return [box, made("label", {}, box, made("img", { src: `/phone/papers/${paper.name}.jpg`, alt: "" }), paper.label)];
  });
  const send = made("button", { className: "primary", textContent: "发送", type: "button", id: "send-papers" });
  send.onclick = () => { const names = boxes.filter(([box]) => box.checked).map(([box]) => box.value); if (names.length) { close(); then(names); } };
  const inside = [made("div", { className: "papers" }, ...boxes.map(([, label]) => label)), made("div", { className: "foot" }, send)];
  if (withFiles) inside.unshift(item("从电脑或手机里选照片", () => { takesFiles = withFiles; $("files").click(); }));
  sheet("样例证件（全部虚构）", ...inside);
}

async function choosePhone() {
  const state = await call("/phone/state");
  sheet("手机", ...state.phones.map((phone, at) => item(`手机 ${at + 1}`, () => use(phone.openid), `${phone.openid.slice(0, 12)}…${phone.following ? "" : " 未关注"}`, phone.openid === openid)),
    item("＋ 新的手机", async () => { use((await call("/phone/phones", {})).openid); count(); }));
}

function more() {
  sheet(account.name,
    following ? item("取消关注", () => deed("unfollow")) : item("关注", () => deed("follow")),
    item("扫描场景二维码", scan), item("查看协议问题", violations));
}

async function violations() {
  const said = await call(`/phone/${encodeURIComponent(openid)}/log?after=${last}`);
  sheet("微信不接受的回复", ...(said.violations.length ? said.violations : ["没有"]).map((each) => made("p", { className: "grey", textContent: each })));
}

async function scan() {
  scenes = (await call("/phone/state")).scenes;
  ask("扫描场景二维码", "场景值", (scene) => deed("scan", { scene }), scenes.map((scene) => item(scene, () => deed("scan", { scene }))));
}

async function count() { const phones = (await call("/phone/state")).phones; $("phone-count").textContent = phones.length > 1 ? phones.length : ""; }

// what a finger can do
$("phones-open").onclick = choosePhone;
$("more-open").onclick = more;
$("shade").onclick = close;
$("follow").onclick = () => deed("follow");
$("to-keyboard").onclick = () => { bar("input"); $("text").focus(); };
$("to-menu").onclick = () => bar("menu");
$("voice").onclick = () => deed("voice");
$("sticker").onclick = () => deed("sticker");
$("plus").onclick = () => { $("panel").hidden = !$("panel").hidden; down(); };
$("chat").onclick = () => { closeSubs(); $("panel").hidden = true; };
$("panel").onclick = (event) => {
  const open = event.target.closest("button")?.dataset.open;
  if (open) $("panel").hidden = true;
  if (open === "files") { takesFiles = (form) => deed("photos", form); $("files").click(); }
  if (open === "papers") choosePapers((names) => deed("papers", { names }));
  if (open === "places") choosePlace((place) => deed("location", place));
  if (open === "scan") scan();
};
$("files").onchange = () => {
  const form = new FormData();
  for (const file of $("files").files) form.append("photo", file);
  $("files").value = "";
  takesFiles?.(form);
};
function grow() {
  const text = $("text");
  $("send").hidden = !text.value.trim(); $("plus").hidden = !$("send").hidden;
  text.style.height = "38px"; text.style.height = `${Math.min(120, text.scrollHeight)}px`;
}
$("text").oninput = grow;
$("text").onkeydown = (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("input-bar").requestSubmit(); } };
$("input-bar").onsubmit = (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = ""; grow();
  deed("say", { text });
};

async function start() {
  const state = await call("/phone/state");
  account = state.account; papers = state.papers;
  document.title = account.name;
  const known = state.phones.find((phone) => phone.openid === sessionStorage.getItem("phone")) || state.phones[0];
  await use(known ? known.openid : (await call("/phone/phones", {})).openid);
  head(); count();
}
start();
