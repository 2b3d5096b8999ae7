"""The app that is compared with: the same form of twelve messages as wechatpy's and Flask's documentation teach it.

Safe mode, its state in Redis as a hash a person. What it has not: dedup, a deadline, encryption at rest, freshness of
timestamps, validation, side questions, photographs, escape of what is told.
"""

import os

import redis
from flask import Flask, abort, request
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException

TOKEN = os.environ["WECHAT_TOKEN"]
AES_KEY = os.environ["WECHAT_AES_KEY"]
APP_ID = os.environ["WECHAT_APP_ID"]
QUESTIONS = (
    "请问在哪里参保？", "请先读这个提示，读完回复“我已阅读”。", "医保怎么缴？1 代缴 2 自己缴", "请发医保卡号。",
    "请发详细常住地址。", "可以收集银行账号吗？", "请发银行卡号。", "请发联系电话。", "可以收集证件照片吗？",
    "可以收集本人照片吗？", "请拍身份证人像面。",
    "请核对以上内容。",
)  # fmt: skip

app = Flask(__name__)
store = redis.Redis.from_url(os.environ["REDIS_URL"])


@app.route("/wechat", methods=["GET", "POST"])
def wechat() -> str:
    """One message of the form."""
    msg_signature = request.args.get("msg_signature", "")
    timestamp = request.args.get("timestamp", "")
    nonce = request.args.get("nonce", "")
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    try:
        xml = crypto.decrypt_message(request.data, msg_signature, timestamp, nonce)
    except (InvalidSignatureException, InvalidAppIdException):
        abort(403)
    message = parse_message(xml)
    key = f"form:{message.source}"
    answers = store.hgetall(key)
    step = len(answers)
    if message.type == "text" and step < len(QUESTIONS):
        store.hset(key, str(step), message.content)
        answer = f"已记下。\n【{step + 1}/{len(QUESTIONS)}】{QUESTIONS[step]}"
    else:
        answer = "谢谢，已经填完了。"
    reply = create_reply(answer, message)
    encrypted: str = crypto.encrypt_message(reply.render(), nonce, timestamp)
    return encrypted
