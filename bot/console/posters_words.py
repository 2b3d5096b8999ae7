"""What the pages of posters say, and what stands on a poster."""

MADE = "做好了 {count} 个二维码。"
REFUSED = "微信没有给二维码：{meaning}。"
NO_PERMISSION = "带参数的二维码要已认证的公众号。请在公众平台“设置与开发 › 接口权限”里看有没有“生成带参数的二维码”。"
NOTHING_LEFT = "每个网点都有二维码了。"
HEADING = "失业保险金，用微信办"
STEPS = ("微信扫一扫，关注公众号。", "发“申领”。一次一个问题，按提示拍材料。", "提交后发“进度”，随时看办到哪了。")
STEPS_HELPER = (
    "微信扫一扫，关注公众号。",
    "发“申领”。一次一个问题，按提示备齐材料。",
    "按给你的办法，自己到官方渠道提交。",
)
NOT_THE_AGENCY = "本公众号不是经办机构。"
QUESTIONS = "有问题打电话"
