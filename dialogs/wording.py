"""Every sentence a claimant can read that no programme, guide or FAQ owns. Plain Simplified Chinese, one thing at a time."""

WELCOME_AGENCY = "你好，我是失业金申领助手，由{operator}开设，不收任何费用。我可以帮你：\n1 申领失业金\n2 查网点和电话\n3 看办理步骤和常见问题"
WELCOME_HELPER = (
    "你好，我是失业金申领助手，不收任何费用。我不是经办机构，不能替你提交；我帮你把材料备齐。\n"
    "1 准备申领\n2 查网点和电话\n3 看办理步骤和常见问题"
)
MENU = "你可以发：\n1 申领失业金\n2 查网点和电话\n3 看办理步骤和常见问题\n也可以直接问，比如“要带什么材料”。"
HELP = "随时可以发这些字：\n“上一步” 改前一题\n“跳过” 选填的可以跳过\n“暂停” 先停，以后接着填\n“进度” 看办到哪了\n“网点” 查电话\n“人工” 找人帮忙\n“我的信息” 看我们存了什么"
HELP_IN_CLAIM = "回答下面的问题就行，不急。每个回答都已保存。发“为什么”看为什么要问；发“人工”找人帮忙。"
CHOOSE_PROGRAMME = "你最后一次参保在哪里？\n别的地方，本号还不能办。可以打 12333 问当地。"
NOT_UNDERSTOOD = "我没听懂。你可以换个说法，或发“菜单”看我能做什么，发“人工”找人帮忙。"
PAUSED = "好，先停在这里。你填的都已保存，回来发“继续”就行。"
RECAP = "你上次填到第 {number} 题，共 {total} 题。填好的都在。"
NOTHING_TO_RESUME = "没有没填完的申领。发“申领”可以开始。"
CANCEL_ASK = "要停下这次申领吗？\n1 先停，保留已填的\n2 删掉这次填的\n3 不停，接着填"
CANCELLED = "已删掉这次填的内容和照片。以后要申领，再发“申领”。"
RESTART_ASK = "重新开始会删掉这次填的内容和照片。确定吗？\n1 重新开始\n2 不，接着填"
ERASE_ASK = (
    "要删除我们这里你的信息吗？没提交的内容和照片会全部删掉，找不回来。已提交的申领由经办机构依法保存。\n1 删除\n2 不删"
)
ERASED = "已删除你没提交的内容、照片和聊天记录里的答案。已提交的申领由经办机构依法保存。"
KEPT = "好，没有删。"
BACK_AT_START = "已经是第一题了。"
CANNOT_SKIP = "这一项是必填的，不能跳过。"
SKIPPED = "好，这一项跳过。"
OLD_TAP = "这是之前的选项，没有记下。请回答现在这一题。"
OLD_VALUE = "上次填的是：{value}。不改就发“不变”。"
WHY = "为什么问：{why}"
NO_WHY = "这一题是申领要填的。不想填可以发“暂停”或“人工”。"
NEED_PHOTO = "这里要一张照片。点左下角的键盘旁边的“+”，选“拍摄”或“照片”，发过来。"
NEED_TEXT = "这一题要打字回答，不是照片。这张照片没有存。"
NO_SLOT = "照片收到了，但现在没有要交的材料，所以没有存。要申领，发“申领”。"
CONSENT_FIRST = "先回答下面这个问题，再发照片。这张没有存。"
REFUSED_CONSENT = "好，没有同意就不收集。你填好的先保存着。指南和网点还能查。哪天想继续，发“继续”。"
READ_EXAMPLE = "比如：{example}"
THIRD_TRY = "这一题有点难，不怪你。发“人工”找人帮忙，或打 {phone}。也可以再试一次："
NO_SLOT_LEFT = "每一项都有照片了，所以这张没有存。要换哪一张，发“照片”看清单。"
NO_SLOT_PAUSED = "申领先停着，这张照片没有存。发“继续”，再发一次照片。"
CHECKING = "照片收到，正在检查。稍等，你可以先做下一步。"
CHECKING_ONE_OF = "这是这次的第 {count} 张，正在检查。"
RECEIVED = "✓ {labels}已收到（{done}/{total}）"
ADVISED = "{label}收到了（{done}/{total}），不过{says}"
ADVISED_RIDES = "不重拍也行；要重拍，发“重拍{number}”。"
MANY_TO_RETAKE = "发“照片”看清单和号码。要重拍，发“重拍”加号码。不重拍的，接着填就行。"
RETAKE = "{label}要重拍：{says}"
LOST_PHOTO = "{label}没有取到，请再发一次。"
FAILED_PHOTO = "{label}这张照片我们处理不了，对不起。请换一张，再拍一次。"
MISSING_PHOTO = "{label}没有保存好，对不起。请再发一次。"
STILL_UNDER_WAY = "还有 {count} 张在检查，好了一起告诉你。"
ALSO_RECEIVED = "这张也收到了，看上面那一条。"
RETAKE_PLEASE = "好，请再拍一张，发过来。"
PHOTO_KEPT = "好，就用这张。"
BATCH = "你选的 {count} 张里，已到 {came} 张。"
BATCH_WHOLE = "你选的 {count} 张都到了。"
BATCH_SHORT = "刚才选了 {count} 张，只到了 {came} 张。没到的请再发一次。"
SWAPPED = "好，换好了。"
SORT_PROPOSED = "看照片上的字，像是这样放才对：\n{lines}"
SORT_LINE = "{label}：现在的第 {number} 张"
SORT_DECLINED = "好，不动。放错了，发“2和3对调”这样的话。"
NOTHING_TO_SWAP = "这两项还没有照片，不用对调。"
NO_SUCH_PAPER = "没有这个号码。一共 {count} 项，比如发“重拍2”。"
SHEET_SOON = "正在把照片拼成一张图。过几秒再发一次“看照片”。"
SHEET_NONE = "还没有收到照片。"
SHEET_FAILED = "现在不能发图片。下面是清单："
STILL_CHECKING = "照片还在检查：{labels}。等一下再发“提交”。"
SUMMARY_TOP = "请核对（还没有提交）："
SUMMARY_SYSTEM = "系统自动提取，不用填：{labels}"
SUMMARY_OFFICE = "交给：{office}"
SUMMARY_END = "对的话，发“提交”。要改，发“改”加号码，比如“改2”。"
SUMMARY_END_HELPER = "材料都齐了。请按指南在官方渠道提交，我不能替你提交。要改，发“改”加号码，比如“改2”。"
EDIT_WHICH = "要改哪一项？发“改”加号码，比如“改2”。"
NO_SUCH_LINE = "没有这个号码。一共 {count} 项，比如发“改2”。"
SUBMIT_NOT_YET = "还有没填完的，先回答这一题。"
FILED = "已提交！你的回执号，请记下来：\n{receipt}\n交给：{office}，电话 {phone}。\n{next}\n发“进度”随时查看。"
FILED_BEFORE = "这次申领已经提交过了，回执号 {receipt}。发“进度”查看。"
FILING_LATER = "现在系统忙，还没有提交成功。你填的都在，过几分钟再发“提交”。"
STATUS_NONE = "你还没有提交过申领。发“申领”开始。"
STATUS_DRAFT = "你有一份没提交的申领，填到第 {number} 题，共 {total} 题。发“继续”接着填。"
STATUS_LATER = "现在查不到最新进度，请过几分钟再发“进度”。你的回执号：{receipts}"
STATUS = {
    "submitted": "已提交，等待经办机构接收。",
    "received": "经办机构已收到。接下来：审核。",
    "reviewing": "正在审核。法律规定经办机构收到后 10 个工作日内办完。",
    "needs_materials": "需要你补材料：{detail}。把照片发来就行。",
    "approved": "审批通过。{programme_note}",
    "paying": "已审批通过，正在安排银行发放。",
    "paid": "银行已发放。请查看你的银行卡。",
    "rejected": "审批不通过。{detail}{programme_note}",
    "withdrawn": "你已撤回这次申领。",
}
STATUS_LINE = "回执号 {receipt}\n{date} 起：{state}\n有问题打：{office} {phone}"
HUMAN = "可以打电话找人：{office} {phone}。也可以打 12333。"
MY_DATA = "我们这里存了：\n{lines}\n发“删除我的信息”可以删掉。发“导出”可以要一份。"
MY_DATA_NONE = "我们没有存你填过的内容。"
VOICE = "我听不了语音，请打字告诉我。不方便打字，发“人工”。"
STICKER = "谢谢你的表情。要办事，发“菜单”看我能做什么。"
VIDEO = "我看不了视频。材料请拍成照片发来。"
FILE = "我打不开文件和链接。材料请拍成照片发来，别的请打字。"
UNKNOWN = "这种消息我看不懂。请打字，或发“菜单”。"
BLANK = "你发的是空白。请打字，或发“菜单”看我能做什么。"
LOCATION_CONSENT = "要用你的位置查最近的网点吗？只用这一次，不保存。\n1 同意\n2 不同意"
LOCATION_AGAIN = "好。请再发一次位置，我马上查。"
LOCATION_REFUSED = "好，不用位置。你可以发区县的名字，比如“五华区”。"
ASK_PLACE = "请发区县的名字，比如“五华区”或“延吉市”。"
APOLOGY = "对不起，刚才出了点问题，你之前填的都在。请过一会儿再发一次，或发“人工”。"
BUSY = "现在系统忙，你之前填的都在。请过几分钟再发一次。"
OFFICE_GONE = "经办机构的名录刚更新，里面没有“{office}”了。请再发一次区、县或市的名字。"
CHANGED = "申领的问题有更新。你填的都在；这几项要再看一下：{labels}。"
RECAP_PAUSED = "你有一份没填完的申领，先停着。发“继续”接着填。"
NO_DRAFT_LEFT = "现在没有在填的申领。"
REOPENED = "好，改这一项。"
REOPENED_LATER = "好。先回答下面这一项，后面再拍：{labels}。"
JILIN_APP = "手机应用叫“吉林掌上社保”。指南说扫描二维码下载；在手机的应用商店里也可以搜这个名字。"
OFFICE_SCANNED = "这是{office}的二维码。申领时先按这个网点准备。"
ELIGIBILITY_START = "问你三个问题，对照一下条件。只是对照，不是结论。"
BOARD_TOP = "材料清单："
BOARD_STATE = {
    "": "未交",
    "fetching": "检查中",
    "good": "已收到",
    "advised": "建议重拍",
    "retake": "需重拍",
    "returned": "审核退回",
    "skipped": "跳过",
}
BOARD_END = "要重拍，发“重拍”加号码，比如“重拍3”。放错了，发“2和3对调”这样的话。"
