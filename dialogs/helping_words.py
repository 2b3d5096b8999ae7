"""What is said of a second phone that takes photographs: to the claimant, and to who helps."""

CODE = (
    "请家人用自己的手机关注本号，发这几个字：\n帮忙 {code}\n{minutes} 分钟内有效。家人只能拍照片，看不到你填的内容。"
    "要停，发“停止帮忙”。"
)
HINT = "拍照不方便，发“请人帮忙”。"
NOT_NOW = "现在没有要拍的材料，还不用请人帮忙。"
NOT_YET = "先回答到拍照那一步，再请人帮忙。"
ALREADY = "已经有人在帮你拍了。要换人，先发“停止帮忙”。"
STOPPED = "好，停了。家人不能再发照片，已经收到的都在。"
NOBODY = "现在没有人在帮你拍。要请人帮忙，发“请人帮忙”。"
BEGAN = "家人开始帮你拍了。要停，发“停止帮忙”。"
TAKEN = "家人帮你拍了：{labels} ✓"
OVER = {"complete": "材料拍齐了，帮忙结束了。", "helper": "家人结束了帮忙。", "time": "帮忙的时间到了，已经停了。"}

HOW = "要帮家人拍照片，发“帮忙”加号码，比如“帮忙 1234 5678”。号码在家人的手机上，发“请人帮忙”就有。"
JOINED = "好，谢谢你帮忙。请拍这些，一张一张发过来：\n{labels}\n只拍这些，不用填别的。拍完发“结束帮忙”。"
REFUSED = {
    "unknown": "这个号码不对，或者过时了。请家人再发一次“请人帮忙”，要一个新号码。",
    "used": "这个号码已经有人用了。要换人，请家人先发“停止帮忙”。",
    "own": "这是给家人用的号码。请让家人在自己的手机上发。",
    "locked": "试的次数太多了，请一小时后再试。",
}
BUSY_HELPING = "你正在帮别人拍。先发“结束帮忙”，再帮下一位。"
SHOT = "✓ {label}已收到。"
ADVISED = "{label}收到了，本人会再看一下。"
RETAKE = "{label}要重拍：{remark}"
RETAKE_PLAIN = "{label}没有收好，请再拍一次。"
CHECKING = "照片收到，正在检查。可以接着拍下一张。"
NEXT = "接下来拍：{label}。还差 {count} 样。"
COMPLETE = "都齐了，谢谢你！帮忙结束了。"
NOTHING_OPEN = "现在没有要拍的，这张没有存。请问一下家人。"
HELP_OVER = "帮忙已经结束，这张没有存。"
ENDED = "帮忙已经结束了。"
LEFT = "好，帮忙结束了。谢谢你！"
SEND_THEM = "好，拍好就发过来，是给家人的。"
BUSY = "现在系统忙，没有办成。请过几分钟再发一次。"
