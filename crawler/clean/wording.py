"""The wording of a release's own parts, closing lines and sections: tables only, in many languages.

They are case folded, unless the case is what tells them. A word decides nothing by itself: `crawler.clean.closing`
and `crawler.clean.sections` ask for its place in the line, `crawler.clean.anatomy` for the line's place.
"""

from __future__ import annotations

from typing import Final


def _lines(table: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in table.replace("\n", "|").split("|") if line.strip())


ORIGINALS: Final = _lines(
    """
    view original content|view the original content|view source version|view the source version
    view original press release|view the original press release|view original release|view the original release
    view original version|view the original version|view original news release|view the original news release
    click here to download multimedia|click here to view original content|to view the original version
    to view the source version|to view the original release|to view the original press release
    ver contenido original|ver el contenido original|vea el contenido original|vea la versión original
    ver la versión original|consulte la versión original|voir le contenu original|afficher le contenu original
    consulter le contenu original|consultez la version source|voir la version source|voir la version originale
    original-content anzeigen|original content anzeigen|originalcontent anzeigen|originalversion anzeigen
    originalversion auf|originalinhalt anzeigen|ver o conteúdo original|ver conteúdo original
    veja o conteúdo original|visualizar conteúdo original|ver a versão original|visualizza contenuto originale
    visualizza il contenuto originale|visualizza contenuti originali|vedi contenuto originale
    visualizza la versione originale|bekijk de oorspronkelijke inhoud|bekijk oorspronkelijke inhoud
    bekijk originele inhoud|bekijk de originele inhoud|bekijk de bronversie|visa originalinnehåll
    visa ursprungligt innehåll|se oprindeligt indhold|se originalt indhold|vis originalt innhold
    se opprinnelig innhold|näytä alkuperäinen sisältö|katso alkuperäinen sisältö|zobacz oryginalną treść
    zobacz oryginalne treści|wyświetl oryginalną treść|zobrazit původní obsah|zobrazit originální obsah
    zobraziť pôvodný obsah|eredeti tartalom megtekintése|vizualizați conținutul original
    vezi conținutul original|προβολή αρχικού περιεχομένου|просмотреть исходный|просмотр оригинального
    просмотреть оригинал|исходный контент|оригинал|посмотреть оригинал|переглянути оригінал|переглянути вихідний
    orijinal içeriği görüntüle|özgün içeriği görüntüle|orijinal versiyonu|عرض المحتوى الأصلي
    مشاهدة المحتوى الأصلي|شاهد المحتوى الأصلي|لعرض المحتوى الأصلي|لمشاهدة المحتوى الأصلي|הצג תוכן מקורי
    לצפייה בתוכן המקורי|مشاهده محتوای اصلی|xem nội dung gốc|xem bản gốc|lihat konten asli|lihat kandungan asal
    ดูเนื้อหาต้นฉบับ|मूल सामग्री देखें|查看原始|查看原文|查看原版|原文链接|原文連結|オリジナルコンテンツ
    元のコンテンツ|原文を見る|businesswire.comで|원본 콘텐츠|원본 보기|원문 보기
    """
)
"""The line that leads to the wire's own page."""

SOURCES: Final = _lines(
    """
    SOURCE|FUENTE|QUELLE|FONTE|BRON|KÄLLA|ŹRÓDŁO|ИСТОЧНИК|ДЖЕРЕЛО|KAYNAK|ZDROJ|KILDE|LÄHDE|SUMBER|NGUỒN|FORRÁS
    SURSA|SURSĂ|ΠΗΓΗ|消息来源|消息來源
    """
)
"""The word before the issuer's name in the last line; in capitals, where there are any, no caption has it."""

CREDITS: Final = _lines(
    """
    source|sources|fuente|quelle|fonte|bron|källa|źródło|источник|джерело|kaynak|zdroj|kilde|lähde|sumber|nguồn
    forrás|sursa|sursă|πηγή|来源|來源|稿源|出典|情報提供元|출처|자료 제공|자료제공|ที่มา|แหล่งที่มา|المصدر|مصدر
    מקור|स्रोत|منبع
    """
)
"""The same as anybody writes it: the last line of a release, or of a caption."""

POINTERS: Final = _lines(
    """
    for more information|for further information|for additional information|for more details|for further details
    for additional details|to read more|to learn more|to find out more|to view the full|to view this
    to read the full|read the full article here|read the full article at|read the full article on
    read the full story here|read the original article|read the original story|for the full article
    for the full story|for full information|learn more at|find out more at|more information:|more information at
    more information is available|further information:|further information is available|para más información
    para mayor información|para obtener más información|más información en|más información:|pour plus d
    pour de plus amples|pour en savoir plus|plus d'informations|weitere informationen|mehr informationen
    für weitere informationen|para mais informações|mais informações|para obter mais informações
    per maggiori informazioni|per ulteriori informazioni|maggiori informazioni|voor meer informatie
    meer informatie|för mer information|mer information|for mere information|for mer informasjon|lisätietoja
    więcej informacji|aby uzyskać więcej|více informací|další informace|további információ
    pentru mai multe informații|для получения дополнительной|больше информации|подробнее|подробная информация
    дополнительная информация|детальніше|більше інформації|daha fazla bilgi|لمزيد من المعلومات
    للمزيد من المعلومات|للحصول على مزيد|لمزيد من التفاصيل|לפרטים נוספים|למידע נוסף|برای اطلاعات بیشتر
    để biết thêm|để tìm hiểu thêm|thông tin chi tiết|untuk informasi lebih|informasi lebih lanjut
    untuk maklumat lanjut|untuk maklumat lebih|สำหรับข้อมูลเพิ่มเติม|ดูข้อมูลเพิ่มเติม|अधिक जानकारी|欲了解更多
    了解更多|欲知更多|更多信息|更多資訊|更多资讯|更多詳情|更多详情|詳細は|詳細については|詳しくは|자세한 내용
    자세한 정보|더 많은 정보
    """
)
"""Beginnings of a line that says where to read more; it has an address, or leads up to one."""

MEDIA: Final = (
    r"logos?|logotipo|photos?|videos?|v\u00eddeos?|infographics?|infograf\u00eda|fotos?|images?|imagen|imagem|immagine"
    r"|bild|multimedia|\u0444\u043e\u0442\u043e|\u0432\u0438\u0434\u0435\u043e|\u56fe\u7247|\u5716\u7247|\u7167\u7247"
    r"|\u89c6\u9891|\u5f71\u7247|\u5199\u771f|\u753b\u50cf|\u52d5\u753b|\uc0ac\uc9c4|\uc774\ubbf8\uc9c0|\u0635\u0648\u0631\u0629"
)
"""What a line that leads to a picture names."""

LINKS: Final = frozenset(
    _lines(
        """
        related links|related link|attachment|attachments|enlaces relacionados|liens connexes|pièces jointes
        liens associés|weiterführende links|anhang|anhänge|anexos|links relacionados|link correlati|allegati
        相关链接|相關連結|附件|関連リンク|添付資料|관련 링크|첨부파일|روابط ذات صلة|ссылки по теме|вложения
        """
    )
)
"""The heading above a release's own links, right below its last line."""

ENDS: Final = frozenset(
    _lines("end|ends|end of release|end of text|ende|fin|fine|slut|конец|кінець|完|終|以上|끝|انتهى|النهاية")
)
"""A word that ends a text, alone on its line."""

ABOUT: Final = tuple(
    f"{word} "
    for word in _lines(
        """
        about|acerca de|sobre|quiénes somos|über|à propos de|à propos d|informazioni su|chi è|chi siamo
        о компании|о группе|об|про компанію|про групу|over|om|o firmie|o spółce|o společnosti|o spoločnosti|o
        tietoa|despre|a propos de|a propos du|à propos du|à propos des|sobre a|sobre o|tentang|perihal|mengenai
        giới thiệu về|về|حول|نبذة عن|عن|لمحة عن|אודות|על|درباره|σχετικά με|company profile|corporate profile
        profil
        """
    )
)
"""Beginnings of the heading above what an issuer says about itself; a name follows."""

ABOUT_GLUED: Final = _lines("关于|關於|เกี่ยวกับ|公司简介|公司簡介|会社概要")
"""The same where no blank stands before the name, or no name is needed."""

ABOUT_LAST: Final = _lines(
    "について|に関して|の概要| 소개|에 대하여|에 대해| hakkında|के बारे में| profile| rólunk| bemutatása"
)
"""The same where the name comes first."""

SECTIONS: Final = frozenset(
    _lines(
        """
        about us|about the company|about the group|about the authors|about the study|company profile|chi siamo
        notes to editors|note to editors|notes for editors|note to editor|editor s note|editors note
        disclosure notice|important information|important notice|legal notice|legal notices|cautionary statement
        cautionary statements|cautionary note|cautionary notes|hinweis an die redaktion|notas para los editores
        notes aux rédactions|公司简介|公司簡介|会社概要|회사 소개|نبذة عن الشركة|編集者への注記
        """
    )
)
"""Whole headings of such a section."""

LEGAL: Final = _lines(
    """
    forward looking statement|forward looking information|safe harbor|safe harbour|cautionary note
    cautionary statement|non gaap financial|non gaap measures|non ifrs|legal notice regarding
    important information about|important information regarding|zukunftsgerichtete|zukunftsbezogene
    énoncés prospectifs|déclarations prospectives|mesures non conformes|declaraciones prospectivas
    declaraciones a futuro|declarações prospectivas|declarações prospetivas|dichiarazioni previsionali
    dichiarazioni a carattere previsionale|toekomstgerichte|framåtblickande|framåtriktade|fremadrettede
    fremtidsrettede|stwierdzenia dotyczące przyszłości|výhledová prohlášení|прогнозные заявления
    заявления прогнозного|заявления относительно будущего|прогнозні заяви|ileriye dönük|ileriye yönelik
    بيانات تطلعية|البيانات التطلعية|tuyên bố hướng tới|berwawasan ke depan|pandangan ke hadapan|前瞻性陈述
    前瞻性陳述|前瞻性声明|前瞻性聲明|安全港|将来予想|将来の見通し|見通しに関する|미래예측|미래 예측|전망 진술
    """
)
"""Words in the heading of a legal note."""

CONTACTS: Final = frozenset(
    _lines(
        """
        contact|contacts|media contact|media contacts|press contact|press contacts|news contact|investor contact
        investor contacts|company contact|company contacts|corporate contact|corporate contacts
        public relations contact|investor relations contact|investor relations contacts|media relations contact
        media relations contacts|media relations|investor relations|press office|press inquiries|press enquiries
        media inquiries|media enquiries|media inquiry|media enquiry|investor inquiries|investor enquiries
        contact information|contact details|contact us|media contact information|media and investor contact
        media and investor contacts|pr contact|for media inquiries|for media enquiries|for press inquiries
        for investor inquiries|further inquiries|investor and media contact|investor and media contacts
        media investor contacts|corporate communications|contacto|contactos|contacto de prensa
        contacto para medios|contacto para los medios|contacto con los medios|contact presse|contacts presse
        contact médias|contacts médias|relations presse|relations médias|kontakt|kontakte|pressekontakt
        pressekontakte|ansprechpartner|medienkontakt|kontakt für medien|contato|contatos|contato para a imprensa
        contato de imprensa|contatti|contatto|contatto stampa|contatti stampa|ufficio stampa|perscontact
        contactpersoon|presskontakt|kontakt dla mediów|kontakt pro média|lisätiedot|контакт|контакты
        контакты для сми|контакт для сми|контактное лицо|контактная информация|контакти|iletişim|basın iletişim
        kontak media|narahubung|hubungi|liên hệ|liên hệ báo chí|thông tin liên hệ|联系人|媒体联系|媒体联系人
        联系方式|投资者联系|聯絡人|媒體聯絡|媒體聯絡人|聯絡方式|投資者關係|お問い合わせ|お問い合わせ先
        問い合わせ先|本件に関するお問い合わせ|本件に関するお問い合わせ先|報道関係者お問い合わせ先|連絡先|문의
        문의처|연락처|보도자료 문의|언론 문의|언론 연락처|담당자|للتواصل|جهة الاتصال|جهات الاتصال|للاتصال
        الاتصال|للاستفسارات الإعلامية|לפרטים|איש קשר|ติดต่อ|संपर्क|مخاطب
        """
    )
)
"""Whole headings above whom the press can ask."""
