"""Rules that a package breaks, said in Chinese. An unknown code keeps its English sentence: nothing is hidden."""

from __future__ import annotations

from goodstanding.contract import Violation

_ZH = {
    "exhibit.blank": "是空白页，没有放进材料包",
    "exhibit.blank_pages": "去掉了其中的空白页",
    "exhibit.colour_only": "信息只靠颜色区分，黑白打印后看不清；请换一张或加文字说明",
    "exhibit.damaged": "文件已损坏，没有放进材料包；请重新导出后上传",
    "exhibit.empty": "文件是空的，没有放进材料包",
    "exhibit.encrypted": "PDF 有密码，没有放进材料包；请去掉密码后重新上传",
    "exhibit.no_pages": "PDF 没有页面，没有放进材料包",
    "exhibit.not_a_pdf": "不是 PDF，没有放进材料包；请重新导出",
    "exhibit.not_an_image": "不是图片，没有放进材料包；请重新截图或导出",
    "exhibit.page_shape": "页面尺寸异常，没有放进材料包；请打印成 A4 后上传",
    "exhibit.text_shortened": "文字太长，只印了前面的部分；完整原件在压缩包里",
    "exhibit.too_many_pages": "页数太多，只印了前面的部分；请只保留相关页",
    "exhibit.too_many_pixels": "图片像素太大，没有放进材料包；请缩小后上传",
    "exhibit.type": "这种文件不能印进材料包；请转成 PDF 或图片",
    "package.cannot_compile": "材料包排版失败，请把案件编号告诉管理员",
    "package.cost": "拿掉它可以省下 {pages} 页、{bytes} 字节",
    "package.does_not_fit": "放不进收件方的限制",
    "package.drop": "建议拿掉它，才能放进收件方的限制",
    "package.letter_too_long": "答复信太长，请删减",
    "package.missing_glyphs": "有 {characters} 等字符印不出来，已用替代符号标出",
    "package.no_slot": "收件方没有这类材料的位置，请换一种证据类型或拿掉",
    "package.too_large": "压缩到最小仍有 {is} 字节，超过收件方上限 {limit}；请拿掉或裁剪部分证据",
    "package.too_many_exhibits": "证据份数太多，请拿掉最弱的几份",
    "package.too_many_files": "文件数超过收件方上限，请合并或拿掉一些",
    "package.too_many_pages": "共 {is} 页，超过收件方上限 {limit} 页；请拿掉或裁剪部分证据",
    "package.no_document": "里面没有 package.pdf，请重新生成材料包",
    "package.not_a_pdf": "材料包 PDF 打不开，请重新生成",
    "package.encrypted": "PDF 有密码，收件方会拒收，请去掉密码",
    "package.active": "PDF 里有脚本或附件，请打印成普通 PDF",
    "package.fonts": "有字体没有嵌入（{fonts}），对方看到的字可能不同",
    "package.no_pdfa": "PDF 没有声明 PDF/A，有的收件方要求",
    "package.case_id_missing": "第 {pages} 页上没有案件编号",
    "reply.empty": "里面没有答复",
    "reply.no_such_exhibit": "答复引用了证据 {exhibit}，材料包里没有这份",
    "reply.placeholder": "答复里有没填的占位文字“{quote}”",
    "reply.unproven": "答复里的“{token}”，能读到的证据都没有显示；请删去或补上证明",
    "reply.too_short": "答复几乎没有内容，请写明每份证据说明了什么",
    "reply.language": "答复的语言（{language}）收件方不看，请翻译后再交",
    "package.blank": "材料包 PDF 全是空白页，请重新生成",
    "package.only_a_pdf": "只有一个 PDF，分不出里面的各份证据，没有互相核对",
    "package.no_exhibits": "里面没有任何能说明问题的证据，请补充证据",
    "package.nothing_asked_for": "这类原因通常要的证据一份也没有，请核对证据类型或补充",
    "exhibit.nothing_in_it": "证据 {exhibit} 是空的，请替换或拿掉",
    "file.type": "收件方不收这种文件",
    "file.name": "文件名不符合收件方要求的格式，请改名",
    "file.too_large": "文件有 {bytes} 字节，超过收件方单个文件上限 {limit}",
    "archive.unreadable": "压缩包已损坏，打不开，请重新下载",
    "archive.no_manifest": "里面没有 manifest.json，不是本产品生成的材料包，或清单已被拿掉",
    "archive.manifest_unreadable": "manifest.json 读不出来，请重新下载材料包",
    "archive.manifest_altered": "manifest.json 被改动过，请重新下载材料包",
    "archive.version": "清单的版本本程序不认识，请升级后再核对",
    "archive.missing": "清单里的文件不见了",
    "archive.extra": "多了清单里没有的文件",
    "archive.duplicate": "同一个文件名出现了两次，其中一个可能遮住另一个",
    "archive.path": "有文件名指向压缩包之外，请不要解压",
    "archive.link": "里面有指向其他文件的链接，请不要解压",
    "archive.encrypted": "里面有加密的文件，本产品的材料包从不加密",
    "archive.too_many_files": "文件太多，不是本产品生成的材料包",
    "archive.bomb": "解压后大得不正常，没有打开",
    "archive.altered": "有文件被改动，和清单里的校验值不一致",
    "text.too_long": "文字超过收件方上限 {limit} 字符，请删减",
    "not_open": "对方现在不收答复（状态 {status}）",
    "wrong_stage": "案件阶段已变，请重新生成材料包",
    "no_answer_possible": "发卡行不接受对这笔争议的答复",
    "fee_acknowledgement": "答复合规类争议要先承担一笔费用（败诉不退）；只能由人在网关后台决定",
}


class _Blanks(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def violation_zh(violation: Violation) -> str:
    """The Chinese sentence, with the numbers of the violation."""
    sentence = _ZH.get(violation.code)
    if sentence is None:
        return violation.message
    return sentence.format_map(_Blanks(violation.facts)) + "。"
