"""Why a file is not taken, and what to do instead; the code is stable."""

MESSAGES: dict[str, tuple[str, str]] = {
    "empty": ("文件是空的，请重新选择文件", "the file is empty; choose it again"),
    "too_large": ("超过 {limit} MB。请压缩图片，或只截取相关页", "larger than {limit} MB; compress it or keep only the pages that matter"),
    "too_many_files": ("一次最多上传 {limit} 个文件，这个文件没有收下，请分批上传", "more than {limit} files at once; upload the rest separately"),
    "wrong_type": (
        "不支持这种文件。请上传 PDF、JPG、PNG、WEBP、GIF、TIFF、EML、TXT 或 DOCX",
        "this type is not supported; upload PDF, JPG, PNG, WEBP, GIF, TIFF, EML, TXT or DOCX",
    ),
    "heic": ("这是苹果 HEIC 照片，收件方打不开。请导出为 JPG 后上传", "an HEIC photo, which recipients cannot open; export it as JPEG"),
    "spreadsheet": (
        "这是 Excel 表格，收件方不收。请打印成 PDF 后作为证据上传；如果要导入订单，请到“订单”页上传",
        "a workbook, which recipients do not take; print it to PDF. To import orders use the orders page",
    ),
    "old_word": ("这是旧版 Word／Excel 或带密码的文件。请另存为 PDF 后上传", "an old or password-protected Office file; save it as PDF"),
    "archive": ("这是压缩包。请解压后上传里面的文件", "an archive; unpack it and upload the files in it"),
    "media": ("收件方不收音频和视频。请截取关键画面，存成图片上传", "recipients take no sound or video; upload screenshots of what matters"),
    "misnamed_pdf": ("扩展名是 .pdf，但内容不是 PDF。请重新导出或打印成 PDF", "named .pdf, but it is no PDF; export it again"),
    "misnamed_image": ("扩展名是图片，但内容不是图片。请重新截图或导出", "named like a picture, but it is none; take or export it again"),
    "encrypted_pdf": ("PDF 有打开密码。请先去掉密码（用浏览器打开后“打印到 PDF”即可）再上传", "the PDF has a password; print it to a new PDF without one"),
    "broken_pdf": ("PDF 已损坏，打不开。请重新导出或打印成 PDF", "the PDF is broken; export or print it again"),
    "too_many_pages": ("PDF 超过 2,000 页。请只保留相关页", "the PDF has more than 2,000 pages; keep those that matter"),
    "broken_image": ("图片已损坏，打不开。请重新截图或导出", "the picture is broken; take or export it again"),
    "broken_docx": ("Word 文件已损坏，打不开。请另存为 PDF 后上传", "the Word file is broken; save it as PDF"),
    "pixel_bomb": ("图片超过 6,000 万像素。请缩小后上传", "the picture has more than 60 million pixels; make it smaller"),
    "zip_bomb": ("文件解压后大得不正常，为安全起见没有打开。请另存为 PDF 后上传", "the file unpacks to an abnormal size; save it as PDF"),
    "endless": ("文件内容异常，读取超时。请用浏览器打开后“打印到 PDF”再上传", "reading took too long; print it to a new PDF"),
    "too_heavy": ("文件过于复杂，读取时内存不足。请用浏览器打开后“打印到 PDF”再上传", "reading needs too much memory; print it to a new PDF"),
}  # fmt: skip
