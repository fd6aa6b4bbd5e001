"""The vocabulary of cleaning: tables only. Folded words (see `crawler.clean.shapes.fold`) in many languages.

A word decides nothing by itself: `crawler.clean.draft` asks for the right place and shape first.
"""

from __future__ import annotations

from typing import Final

WIDGET_HEADINGS: Final = frozenset(
    line.strip()
    for line in """
    you may also like|you might also like|you may also be interested in|you might also be interested in
    also read|read also|read next|what to read next|keep reading|continue reading|more to read|further reading
    related|related articles|related article|related stories|related story|related news|related posts
    related content|related coverage|related topics|related videos|related links|related reading
    recommended|recommended for you|recommended stories|recommended articles|recommended reading
    more from|more on this|more like this|more stories|more articles|more news|more on this story|more headlines
    see also|trending|trending now|trending stories|popular|popular now|popular posts|popular stories
    most popular|most read|most viewed|most shared|most recent|editors picks|editor s picks|don t miss
    latest news|latest stories|latest articles|latest posts|recent news|recent posts|top stories|top news
    around the web|from the web|from around the web|promoted content|promoted stories|sponsored content
    sponsored stories|sponsored|paid content|people also read|up next|next article|previous article|you missed
    also from this source|more releases from this source|company profile|explore|in other news|similar articles
    share this article|share this|share|share this story|share this post|tags|filed under|about the author
    other stories|other news|hot topics|in case you missed it|what others are reading|suggested articles
    market opportunity|market snapshot|live prices|market data|price chart|comments|leave a comment|leave a reply
    à lire aussi|a lire aussi|lire aussi|sur le même sujet|à voir aussi|notre dossier|article similaire
    articles similaires|article connexe|articles connexes|article lié|articles liés|les plus récents
    les plus populaires|les plus lus|pour aller plus loin|vous aimerez aussi|dans la même rubrique
    lesen sie auch|auch interessant|mehr zum thema|das könnte sie auch interessieren|meistgelesen|im trend
    weiterlesen|verwandte artikel|weitere artikel|anzeige|das könnte ihnen auch gefallen|weitere meldungen
    lea también|lee también|también te puede interesar|te puede interesar|artículos relacionados
    noticias relacionadas|más leídas|lo más leído|más artículos|le puede interesar|más noticias
    leia também|leia mais|veja também|mais lidas|você pode gostar|mais artigos|notícias relacionadas
    leggi anche|leggi su|articoli correlati|altri articoli|potrebbe interessarti|ti potrebbe interessare
    читайте также|смотрите также|читайте ещё|читайте еще|похожие статьи|похожие записи|по теме
    вам также может понравиться|рекомендуем прочитать|другие статьи|читайте також|інші статті|схожі статті
    czytaj także|przeczytaj również|powiązane artykuły|więcej artykułów|zobacz też|susiję straipsniai
    ilgili haberler|bunlar da ilginizi çekebilir|benzer haberler|lees ook|meer nieuws|läs också|les også
    相关阅读|相關閱讀|相关推荐|相關推薦|相关文章|相關文章|相关新闻|相關新聞|推荐阅读|推薦閱讀|延伸阅读|延伸閱讀|更多阅读
    阅读更多|更多精彩|往期回顾|往期推荐|猜你喜欢|为你推荐|热门推荐|熱門推薦|热门评论|上一篇|下一篇|分享到|责任编辑|免责声明
    免責聲明|版权声明|關聯閱讀|你可能也喜歡|你可能还喜欢
    関連記事|あわせて読みたい|アクセスランキング|人気のタグ|最新の記事|この記事をシェアする|おすすめ記事|人気記事|こちらもおすすめ
    관련기사|관련 기사|관련 글|다른 글|많이 본 뉴스|추천 기사|함께 보면 좋은 글
    اقرأ أيضا|اقرأ المزيد|مقالة ذات صلة|مقالات ذات صلة|أخبار ذات صلة|قد يعجبك أيضا|مطالب مرتبط|כתבות נוספות
    baca juga|simak juga|lihat juga|tonton juga|artikel terkait|berita terkait|berita lainnya
    bài viết liên quan|tin liên quan|xem thêm|có thể bạn quan tâm|ข่าวที่เกี่ยวข้อง|อ่านเพิ่มเติม
    ये भी पढ़ें|यह भी पढ़ें|संबंधित खबरें
    """.replace("\n", "|").split("|")
    if line.strip()
)
"""Whole short lines that head a widget."""

HEADING_STARTS: Final = (
    "more from ", "more on ", "more in ", "more about ", "latest from ", "latest in ", "trending in ",
    "popular in ", "related to ", "also in ", "also on ", "other stories ", "read more from ", "top stories ",
    "más de ", "mehr von ", "plus de ", "altro da ", "mais de ",
)  # fmt: skip
"""Beginnings of heading lines that go on with a name."""

INLINE_HEADS: Final = frozenset(
    line.strip()
    for line in """
    also read|read also|related|read more|see also|read next|more|don t miss|watch|listen|must read|you may like
    you may also like|recommended|recommended reading|related story|related article|related news|up next|next
    further reading|suggested reading|trending|in case you missed it|editor s pick|popular|keep reading
    lire aussi|à lire aussi|a lire aussi|à lire également|lesen sie auch|auch interessant|mehr zum thema
    lea también|lee también|le puede interesar|te puede interesar|leia também|leia mais|veja também|leggi anche
    читайте также|смотрите также|по теме|читайте також|czytaj także|zobacz też|lees ook|läs också|les også
    baca juga|simak juga|lihat juga|xem thêm|อ่านเพิ่มเติม|ये भी पढ़ें|यह भी पढ़ें|اقرأ أيضا
    相关阅读|延伸阅读|関連記事|관련기사
    """.replace("\n", "|").split("|")
    if line.strip()
)
"""What stands before the colon of a one-line pointer to another story."""

READ_MORE: Final = frozenset(
    line.strip()
    for line in """
    read more|read full story|read the full story|read full article|read the full article|continue reading
    continue|keep reading|full story|story continues|story continues below|read the rest|read it all|view more
    click here to read more|view full article|read the original|read original article|see more|show more|more
    read more here|read on|load more|learn more|the full story|go to the full story|open the full article
    lire la suite|weiterlesen|zum artikel|seguir leyendo|leer más|ler mais|leia mais|continua a leggere|leggi tutto
    читать далее|читать полностью|czytaj dalej|devamını oku|阅读全文|閱讀全文|查看全文|続きを読む|더 보기|기사 전문
    baca selengkapnya|đọc tiếp|อ่านต่อ|और पढ़ें|اقرأ المزيد|lees verder|läs mer
    """.replace("\n", "|").split("|")
    if line.strip()
)
"""Short lines that lead to the rest of a text."""

APPEARED: Final = (
    "appeared first on", "first appeared on", "appeared on", "was first seen on", "originally published on",
    "was originally published", "first published on", "originally appeared", "is published on",
    "apareció primero en", "est apparu en premier sur", "erschien zuerst auf", "apareceu primeiro em",
    "è apparso per primo su", "впервые появилась на",
)  # fmt: skip
"""Middles of the line that says where a post stood first."""

DISCLAIMERS: Final = (
    "use of cookies", "we use cookies", "cookie policy", "uses cookies", "privacy statement",
    "reposted on this site", "sourced from public platforms", "do not necessarily reflect", "does not necessarily",
    "for informational purposes only", "for information purposes only", "takes no editorial responsibility",
    "no editorial responsibility", "under an arrangement with", "provided as is", "without warranty",
    "not constitute financial", "not financial advice", "not investment advice", "not intended as investment",
    "solely responsible for the content", "is not responsible for", "are not responsible for",
    "assumes no responsibility", "accepts no responsibility", "news staff was not involved",
    "the views expressed", "views and opinions expressed", "paid press release", "this is a sponsored",
    "infringes on third party rights", "rights remain with the original", "not been edited by",
    "this content is provided by", "content was provided by", "press release distribution",
    "免责声明", "免責聲明", "不构成投资建议", "haftungsausschluss", "descargo de responsabilidad", "avertissement",
)  # fmt: skip
"""Cues of a carrier's disclaimer; decisive only outside the release."""

NEWSLETTER: Final = (
    "newsletter", "sign up for", "sign up to", "subscribe to", "subscribe now", "in your inbox", "to your inbox",
    "straight to your", "delivered daily", "get the latest news", "join our", "follow us on", "enter your email",
    "email address", "suscríbete", "suscríbase", "boletín", "inscrivez vous", "abonnez vous", "jetzt anmelden",
    "inscreva se", "iscriviti", "подпишитесь", "订阅", "訂閱",
)  # fmt: skip
"""Cues of a newsletter box or an invitation to follow."""

SHARE: Final = frozenset(
    """share|share this|tweet|pin|pin it|email|e mail|print|facebook|twitter|linkedin|whatsapp|reddit|telegram
    copy link|link copied|top|back to top
    x|pinterest|flipboard|save|bookmark|comment|comments|like|reply|messenger|wechat|weibo
    partager|teilen|compartir|compartilhar|condividi|поделиться|分享|シェア|공유""".replace("\n", "|").split("|")
)
"""Lines of a row of share buttons."""

BY: Final = frozenset(
    "by von par por di door av af oleh autor автор текст tekst text skrevet przez yazan bởi".split()
)
"""What stands before an author's name in a line of its own."""

NAME_PARTICLES: Final = frozenset(
    "and und et y e och og en i и dan von van de da del della di la le bin al".split()
)
"""Small words within and between names."""

DATED: Final = frozenset(
    """published posted updated date dated released on at last modified first am pm a p m et est edt ct pt pst
    pdt gmt utc cet bst ist jst kst sgt hkt wib h hs hrs uhr stand vom um am veröffentlicht aktualisiert
    publié mis le à jour publicado actualizado atualizado el las em às pubblicato aggiornato il alle ore
    gepubliceerd bijgewerkt op publicerad uppdaterad publisert oppdatert kl den opublikowano aktualizacja dnia
    r godz опубликовано обновлено г в diterbitkan diperbarui pukul yayınlanma güncelleme ngày lúc 发布时间
    发布 更新 时间 發布 時間 公開 配信 掲載 승인 입력 수정 เผยแพร่ नवीनतम प्रकाशित נשר פורסם ב عدد
    نشر آخر تحديث monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri
    sat sun montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi
    samedi dimanche lunes martes miércoles jueves viernes sábado domingo segunda terça quarta quinta sexta
    feira lunedì martedì mercoledì giovedì venerdì sabato domenica maandag dinsdag woensdag donderdag vrijdag
    zaterdag zondag måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag
    poniedziałek wtorek środa czwartek piątek sobota niedziela понедельник вторник среда четверг пятница
    суббота воскресенье senin selasa rabu kamis jumat sabtu minggu pazartesi salı çarşamba perşembe cuma
    cumartesi pazar""".split()
)
"""Words beside a date in a line that is a date and nothing else, folded."""
