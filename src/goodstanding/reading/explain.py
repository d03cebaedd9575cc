"""Sentences for reason codes, in Chinese: what was seen, and what to do."""

from __future__ import annotations

from .result import Ground

_DO = "请不要点击邮件里的链接，自己在浏览器输入官网地址登录后台核对。"
_ZH: dict[str, str] = {
    "dmarc_pass": "收信主机 {host} 确认 DMARC 通过，发件域名 {domain} 属于该机构。仍建议登录官方后台核对案件编号。",
    "dkim_aligned": "收信主机 {host} 确认 DKIM 签名有效且与发件域名 {domain} 一致。仍建议登录官方后台核对案件编号。",
    "dkim_verified_here": "本系统验证了 {domain} 的 DKIM 签名，有效且与发件域名一致。",
    "domain_unconfirmed": "我们资料里 {claimed} 的域名 {domain} 尚未经官网核实，请以官方后台为准。",
    "dmarc_fail": "收信主机 {host} 判定 {domain} 的 DMARC 未通过：发件人冒用了该域名。" + _DO,
    "wrong_domain": "邮件自称来自 {claimed}，但发件域名 {domain} 不属于该机构。" + _DO,
    "name_of_another": "显示名称写的是 {claimed}，发件域名 {domain} 却属于另一家机构。" + _DO,
    "lookalike_homoglyph": "域名 {domain} 用形近字符模仿 {claimed}。",
    "lookalike_other_ending": "域名 {domain} 借用了 {claimed} 的名字，但后缀不是该机构的。",
    "lookalike_subdomain": "域名 {domain} 把 {claimed} 放在子域名里，真正的主人是后面那个域名。",
    "lookalike_brand_in_domain": "域名 {domain} 里夹带了 {claimed} 的名字，但不属于该机构。",
    "lookalike_typo": "域名 {domain} 与 {claimed} 的域名只差一个字母。",
    "free_mailbox": "{domain} 是任何人都能注册的免费邮箱，机构不会用它发通知。" + _DO,
    "multiple_from": "邮件写了多个发件人，其中有不属于该机构的地址。" + _DO,
    "arc_own_list": "DMARC 未通过，但邮件经过你们自己的邮件列表转发（ARC 有效），无法确认真伪。请登录官方后台核对。",
    "own_people": "邮件来自你们自己的人员、表单或邮件列表，原始来源无法核对。请登录官方后台核对。",
    "forwarded": "这是转发的邮件，原邮件的验证信息已不可信，无法确认真伪。请登录官方后台核对。",
    "no_trusted_result": "没有来自你们收信主机的验证结果，无法确认真伪。" + _DO,
    "foreign_results": "邮件自带的验证结果署名 {host}，不是你们的收信主机写的，不予采信。",
    "result_error": "收信主机验证 {domain} 时出错，结果未定。" + _DO,
    "result_none": "{domain} 没有可用的 DMARC 或一致的 DKIM 结果，无法确认真伪。" + _DO,
    "unknown_sender": "发件域名 {domain} 不在已知机构之列，无从核对。请通过对方官网公布的联系方式确认。",
    "no_institution": "来信是个人、律所或协会，没有可供核对的机构身份。付款或签字前请另行核实对方。",
    "nothing_claimed": "不像通知，也没有冒用已知机构的名义；这不等于邮件安全。",
    "no_sender": "来信没有可核对的发件信息（文本、扫描件或上传文件）。请通过官方渠道核对案件编号。",
    "signature_valid": "推送签名有效，确认来自 {claimed}。",
    "signature_invalid": "推送签名无效：内容不是 {claimed} 发出的，或密钥不匹配。请勿据此操作，先到官方后台核对。",
    "signature_unknown": "没有配置 {claimed} 的签名密钥，无法验证这条推送。",
    "hidden_text": "邮件里有看不见的文字，已剔除。",
    "zero_width": "文字里夹带零宽字符，已剔除。",
    "bidi": "文字里有改变显示方向的控制字符，已剔除。",
    "link_mismatch": "链接显示为 {shown}，实际指向 {target}。",
    "other_address_in_name": "显示名称里写着另一个邮箱地址 {domain}。",
    "punycode": "发件域名含有非拉丁字符：{domain}。",
    "hidden_in_name": "显示名称里有看不见的字符。",
    "reply_elsewhere": "回复会寄到另一个域名 {domain}。",
    "asks_credentials": "邮件索要密码、验证码、密钥或完整卡号：正规机构不会这样做。",
    "asks_odd_payment": "邮件要求用礼品卡或加密货币付款：这是骗局的典型特征。",
    "archive_attachment": "附件是压缩包或可执行文件（{name}），不要打开。",
    "instructions_to_machine": "邮件里有写给自动程序的指令，已当作普通文字处理。",
    "alternative_mismatch": "邮件的纯文本版与网页版内容不同，以网页版为准。",
}  # fmt: skip
_NEED: dict[str, str] = {
    "no_cue": "没有找到能说明类型的依据",
    "weak_cue": "类型依据不足",
    "close_kinds": "有两种类型难分高下",
    "rules_and_model_disagree": "规则与模型的判断不一致",
    "model_unsure": "模型把握不足",
    "topical": "更像是在谈论这类通知，而不是通知本身",
    "two_case_ids": "出现多个案件编号，无法确定以哪个为准",
    "ambiguous_date": "日期有两种读法，先按较早的提醒",
    "several_deadlines": "有多个可能的截止日期",
    "several_amounts": "有多个可能的争议金额",
    "unknown_language": "语言无法识别或尚不支持",
    "weak_ocr": "扫描件部分文字识别不清，未采用",
    "no_text": "没有可读的文字",
    "too_large": "内容超出可读范围，只读了一部分",
    "unreadable": "内容无法解读",
    "suspicious": "邮件有可疑之处",
    "unknown_event": "推送里有我们不认识的事件类型",
    "note_disagrees": "转发者的附言与原邮件需要对照",
}  # fmt: skip


def explain_zh(item: Ground) -> str:
    """The sentence of a reason; an unknown code is shown as it is."""
    template = _ZH.get(item.code)
    if template is None:
        return item.code
    params = {key: value or "-" for key, value in item.params}
    try:
        return template.format_map(_Blank(params))
    except (KeyError, ValueError, IndexError):
        return template


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "-"


def explain_need(code: str) -> str:
    """Why a person should look, in one phrase."""
    return _NEED.get(code, code)
