"""The words for reason codes, Chinese and English side by side."""

from __future__ import annotations

_DO = "请不要点击邮件里的链接，自己在浏览器输入官网地址登录后台核对。"
_DO_EN = " Do not follow links in the mail; type the organisation's own address into the browser."

#: Why a message was judged as it was: code to (Chinese, English). Parameters stand in braces.
GROUNDS: dict[str, tuple[str, str]] = {
    "dmarc_pass": (
        "收信主机 {host} 确认 DMARC 通过，发件域名 {domain} 属于该机构。仍建议登录官方后台核对案件编号。",
        "The receiving host {host} confirms DMARC: the sender's domain {domain} is the organisation's. Still compare the case in its portal.",
    ),
    "dkim_aligned": (
        "收信主机 {host} 确认 DKIM 签名有效且与发件域名 {domain} 一致。仍建议登录官方后台核对案件编号。",
        "The receiving host {host} confirms a valid DKIM signature of the sender's domain {domain}. Still compare the case in its portal.",
    ),
    "dkim_verified_here": (
        "本系统验证了 {domain} 的 DKIM 签名，有效且与发件域名一致。",
        "The DKIM signature of {domain} was verified here; it is valid and fits the sender's domain.",
    ),
    "domain_unconfirmed": (
        "我们资料里 {claimed} 的域名 {domain} 尚未经官网核实，请以官方后台为准。",
        "That {domain} belongs to {claimed} has not been checked on its own site; its portal decides.",
    ),
    "dmarc_fail": (
        "收信主机 {host} 判定 {domain} 的 DMARC 未通过：发件人冒用了该域名。" + _DO,
        "The receiving host {host} found that DMARC failed for {domain}: somebody used the domain without right." + _DO_EN,
    ),
    "wrong_domain": (
        "邮件自称来自 {claimed}，但发件域名 {domain} 不属于该机构。" + _DO,
        "The mail says that it comes from {claimed}, but the domain {domain} is not theirs." + _DO_EN,
    ),
    "name_of_another": (
        "显示名称写的是 {claimed}，发件域名 {domain} 却属于另一家机构。" + _DO,
        "The display name says {claimed}, but the domain {domain} belongs to another organisation." + _DO_EN,
    ),
    "lookalike_homoglyph": (
        "域名 {domain} 用形近字符模仿 {claimed}。",
        "The domain {domain} imitates {claimed} with similar characters.",
    ),
    "lookalike_other_ending": (
        "域名 {domain} 借用了 {claimed} 的名字，但后缀不是该机构的。",
        "The domain {domain} borrows the name of {claimed} under an ending that is not theirs.",
    ),
    "lookalike_subdomain": (
        "域名 {domain} 把 {claimed} 放在子域名里，真正的主人是后面那个域名。",
        "The domain {domain} puts {claimed} into a sub-domain; its owner is the domain behind it.",
    ),
    "lookalike_brand_in_domain": (
        "域名 {domain} 里夹带了 {claimed} 的名字，但不属于该机构。",
        "The domain {domain} contains the name of {claimed} and is not theirs.",
    ),
    "lookalike_typo": (
        "域名 {domain} 与 {claimed} 的域名只差一个字母。",
        "The domain {domain} differs from that of {claimed} by one letter.",
    ),
    "free_mailbox": (
        "{domain} 是任何人都能注册的免费邮箱，机构不会用它发通知。" + _DO,
        "{domain} gives free mailboxes to anyone; organisations do not send notices from there." + _DO_EN,
    ),
    "multiple_from": (
        "邮件写了多个发件人，其中有不属于该机构的地址。" + _DO,
        "The mail names several senders, some of which are not the organisation's." + _DO_EN,
    ),
    "arc_own_list": (
        "DMARC 未通过，但邮件经过你们自己的邮件列表转发（ARC 有效），无法确认真伪。请登录官方后台核对。",
        "DMARC failed, but the mail came through your own mailing list (valid ARC); it can be neither proven nor ruled out. Check in the portal.",
    ),
    "own_people": (
        "邮件来自你们自己的人员、表单或邮件列表，原始来源无法核对。请登录官方后台核对。",
        "The mail came from your own people, form or list; where it first came from cannot be checked. Check in the portal.",
    ),
    "forwarded": (
        "这是转发的邮件，原邮件的验证信息已不可信，无法确认真伪。请登录官方后台核对。",
        "A forwarded mail: the original's authentication no longer counts. Check in the portal.",
    ),
    "no_trusted_result": (
        "没有来自你们收信主机的验证结果，无法确认真伪。" + _DO,
        "None of your receiving hosts left an authentication result." + _DO_EN,
    ),
    "foreign_results": (
        "邮件自带的验证结果署名 {host}，不是你们的收信主机写的，不予采信。",
        "The mail brought results signed {host}, which is not one of your receiving hosts; they do not count.",
    ),
    "result_error": (
        "收信主机验证 {domain} 时出错，结果未定。" + _DO,
        "The receiving host met an error while checking {domain}." + _DO_EN,
    ),
    "result_none": (
        "{domain} 没有可用的 DMARC 或一致的 DKIM 结果，无法确认真伪。" + _DO,
        "There is no DMARC or aligned DKIM result for {domain}." + _DO_EN,
    ),
    "unknown_sender": (
        "发件域名 {domain} 不在已知机构之列，无从核对。请通过对方官网公布的联系方式确认。",
        "The domain {domain} is of no organisation known here. Confirm by the contact details on their own site.",
    ),
    "no_institution": (
        "来信是个人、律所或协会，没有可供核对的机构身份。付款或签字前请另行核实对方。",
        "The writer is a person, law firm or association without an institution to check against. Verify who they are before you pay or sign.",
    ),
    "nothing_claimed": (
        "不像通知，也没有冒用已知机构的名义；这不等于邮件安全。",
        "It does not look like a notice and claims no known organisation; that does not make it safe.",
    ),
    "no_sender": (
        "来信没有可核对的发件信息（文本、扫描件或上传文件）。请通过官方渠道核对案件编号。",
        "There is no sender to check (text, scan or uploaded file). Compare the case id through an official way.",
    ),
    "signature_valid": (
        "推送签名有效，确认来自 {claimed}。",
        "The signature is valid: it comes from {claimed}.",
    ),
    "signature_invalid": (
        "推送签名无效：内容不是 {claimed} 发出的，或密钥不匹配。请勿据此操作，先到官方后台核对。",
        "The signature is invalid: {claimed} did not send this, or the secret is wrong. Check in the portal before acting.",
    ),
    "signature_unknown": (
        "没有配置 {claimed} 的签名密钥，无法验证这条推送。",
        "No signing secret of {claimed} was entered, so this cannot be verified.",
    ),
    "hidden_text": (
        "邮件里有看不见的文字，已剔除。",
        "The mail had invisible text, which was removed.",
    ),
    "zero_width": (
        "文字里夹带零宽字符，已剔除。",
        "The text had zero-width characters, which were removed.",
    ),
    "bidi": (
        "文字里有改变显示方向的控制字符，已剔除。",
        "The text had characters that change its direction, which were removed.",
    ),
    "link_mismatch": (
        "链接显示为 {shown}，实际指向 {target}。",
        "A link shows {shown} and leads to {target}.",
    ),
    "other_address_in_name": (
        "显示名称里写着另一个邮箱地址 {domain}。",
        "The display name holds another address: {domain}.",
    ),
    "punycode": (
        "发件域名含有非拉丁字符：{domain}。",
        "The sender's domain has non-Latin characters: {domain}.",
    ),
    "hidden_in_name": (
        "显示名称里有看不见的字符。",
        "The display name has invisible characters.",
    ),
    "reply_elsewhere": (
        "回复会寄到另一个域名 {domain}。",
        "Replies would go to another domain: {domain}.",
    ),
    "asks_credentials": (
        "邮件索要密码、验证码、密钥或完整卡号：正规机构不会这样做。",
        "It asks for passwords, codes, keys or full card numbers; no proper organisation does.",
    ),
    "asks_odd_payment": (
        "邮件要求用礼品卡或加密货币付款：这是骗局的典型特征。",
        "It asks for payment by gift card or cryptocurrency, as swindlers do.",
    ),
    "archive_attachment": (
        "附件是压缩包或可执行文件（{name}），不要打开。",
        "An attachment is an archive or a program ({name}); do not open it.",
    ),
    "instructions_to_machine": (
        "邮件里有写给自动程序的指令，已当作普通文字处理。",
        "It contains instructions to automatic programs, which were read as mere text.",
    ),
    "alternative_mismatch": (
        "邮件的纯文本版与网页版内容不同，以网页版为准。",
        "Its plain text and its web version differ; the web version counts.",
    ),
}  # fmt: skip

#: Why a person should look.
NEEDS: dict[str, tuple[str, str]] = {
    "no_cue": ("没有找到能说明类型的依据", "Nothing was found that tells what kind of notice this is"),
    "weak_cue": ("类型依据不足", "What tells the kind of notice is weak"),
    "close_kinds": ("有两种类型难分高下", "Two kinds of notice fit almost equally well"),
    "rules_and_model_disagree": ("规则与模型的判断不一致", "The rules and the model disagree"),
    "model_unsure": ("模型把握不足", "The model is not sure enough"),
    "topical": ("更像是在谈论这类通知，而不是通知本身", "It seems to be about such notices rather than one itself"),
    "two_case_ids": ("出现多个案件编号，无法确定以哪个为准", "There are several case numbers; which one counts is unclear"),
    "ambiguous_date": ("日期有两种读法，先按较早的提醒", "A date can be read in two ways; the earlier one is used for reminders"),
    "several_deadlines": ("有多个可能的截止日期", "There are several possible deadlines"),
    "several_amounts": ("有多个可能的争议金额", "There are several possible amounts in dispute"),
    "unknown_language": ("语言无法识别或尚不支持", "The language is unknown or not supported yet"),
    "weak_ocr": ("扫描件部分文字识别不清，未采用", "Parts of the scan are illegible and were not used"),
    "no_text": ("没有可读的文字", "There is no readable text"),
    "too_large": ("内容超出可读范围，只读了一部分", "It is longer than what is read; only a part was"),
    "unreadable": ("内容无法解读", "It cannot be made out"),
    "suspicious": ("邮件有可疑之处", "Something about the mail is suspicious"),
    "unknown_event": ("推送里有我们不认识的事件类型", "It is an event of a type that is not known here"),
    "note_disagrees": ("转发者的附言与原邮件需要对照", "The forwarder's note and the original must be compared"),
    "model_suggested": ("有字段由外部模型提出，已在原文中核对到，仍请人工确认", "An external model proposed values; they stand in the original, and still want a person's eye"),
    "model_disagrees": ("外部模型读出的内容与规则不同，以规则为准，请对照原文", "An external model read something else than the rules; the rules count, so compare the original"),
    "model_reads_other_kind": ("外部模型认为是另一种通知，类型未改，请人工判断", "An external model takes it for another kind of notice; the kind was kept, so please judge"),
}  # fmt: skip
