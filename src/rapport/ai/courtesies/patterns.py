"""What people write around what they mean: greetings, thanks, apologies, signatures.

In six languages. Compared with folded lines (no case, no accents) of at most a thousand characters;
no pattern repeats within a repetition without a limit, so their time is linear.
"""

import re
from typing import Final

_HELLO: Final = (
    "hello|hi|hey|hiya|dear|good (?:morning|afternoon|evening|day)|greetings"
    "|hallo|guten (?:tag|morgen|abend)|moin|servus|gruezi|liebe[rs]?|sehr geehrte[rs]?"
    "|hola|buenos dias|buenas (?:tardes|noches)|estimad[oa]s?|querid[oa]s?"
    "|bonjour|bonsoir|salut|cher|chere|madame|monsieur"
    "|ola|oi|bom dia|boa (?:tarde|noite)|prezad[oa]s?|car[oa]s?"
    "|مرحبا|اهلا|السلام عليكم|عزيزي|عزيزتي"
)
GREETING: Final = re.compile(
    rf"^\W{{0,3}}(?:{_HELLO})\b(?:\s+[\w.&'-]{{1,40}}){{0,5}}\s*(?:[,.:;!،]+|$)\s*"
)
"""The beginning of a folded line that only says hello, and to whom."""
HELLO: Final = re.compile(rf"^\W{{0,3}}(?:{_HELLO})\b")
"""The hello alone."""

_BYE: Final = (
    "(?:best|kind|warm|many)(?: regards| wishes)?|regards|sincerely|yours(?: sincerely| truly)?"
    "|cheers|all the best|thanks|thank you|many thanks"
    "|(?:mit )?(?:freundliche[nm]?|viele[n]?|liebe|beste|herzliche) gru(?:ss|sse|ssen)|mfg|lg|vg"
    "|saludos(?: cordiales)?|un saludo|cordialmente|atentamente|gracias"
    "|cordialement|bien a vous|bien cordialement|salutations|sinceres salutations|merci"
    "|atenciosamente|cumprimentos|abracos|um abraco|obrigad[oa]"
    "|مع التحية|مع تحياتي|تحياتي|شكرا"
)
SIGN_OFF: Final = re.compile(rf"^\W{{0,3}}(?:--|(?:{_BYE})\W{{0,3}}$)|^--\s*$")
"""A line after which there is only a signature."""
SHORT_SIGN_OFF: Final = re.compile(rf"^\W{{0,3}}(?:{_BYE})\b[^.!?]{{0,40}}$")
"""The same with a name on it; only believed of one of a message's last lines."""

COURTESY: Final = re.compile(
    "thank(?:s| you)(?: so much| very much)? for (?:your|reaching|getting|contacting|writing|the|"
    "letting|waiting|you)"
    "|(?:hope|glad) (?:this|that|it|i|we|to|you)\\b.{0,30}(?:help|well|hear|useful)"
    "|let (?:me|us) know if|do not hesitate|don't hesitate|feel free to (?:ask|contact|reach|write)"
    "|(?:sorry|apologi[sz]e|apologies) (?:for|to hear|about|that)"
    "|anything else (?:i|we) can"
    "|have a (?:great|nice|good|lovely|wonderful)|happy to help|reach out (?:again|if|to us)"
    "|(?:vielen |herzlichen |besten )?dank fur|danke fur|tut mir leid|tut uns leid|entschuldig"
    "|melden sie sich|melde dich|bei (?:weiteren )?(?:ruck)?fragen"
    "|schonen (?:tag|abend)|gerne wieder"
    "|ich hoffe|hoffe, das|wunsche (?:ihnen|dir)"
    "|gracias por|lamento|lamentamos|disculp|no dud(?:e|es) en|espero que|que tenga"
    "|merci (?:de|pour|d')|desole|nous excus|veuillez nous excuser|n'hesite[zr]? pas|j'espere"
    "|bonne (?:journee|soiree)|obrigad[oa] por|lament|desculp|pedimos desculpa|nao hesite"
    "|tenha um (?:bom|otimo)|شكرا ل|نعتذر|نأسف|لا تتردد|نتمنى لك"
)
"""Anywhere in a sentence: it is said to be kind, and answers nothing."""

_ADDRESSED: Final = (
    "there all everyone everybody team customer service support sir madam sirs or and of the to "
    "you friends folks guys und an das alle alles zusammen damen herren liebes ihr a todos todas "
    "equipo y de la tous toute equipe et l e equipa"
)
ADDRESSED: Final = frozenset(_ADDRESSED.split())
"""Who is greeted without a name; names begin with a capital."""
PLEASANTRY: Final = re.compile(
    "(?:and )?(?:i |we )?hope (?:that )?(?:you|this|everyone|all) .{0,40}(?:well|fine|great)"
    "|(?:many )?thank(?:s| you)(?: so much| very much| a lot)?(?: again)?(?: already)?"
    "(?: for (?:your|the|any) (?:\\w{2,12} )?(?:help|support|time|reply|answer|assistance|advice"
    "|attention|response|service|understanding))?(?: in advance)?"
    "(?: for (?:your|the|any) (?:\\w{2,12} )?(?:help|support|time|reply|answer|assistance|advice))?"
    "|(?:i am |i['\u2019]m |we are )?looking forward to (?:your|hearing|a) .{0,40}"
    "|(?:ich |wir )?hoffe[n]?,? (?:es geht|(?:ihnen|dir|euch) geht).{0,30}"
    "|(?:vielen |herzlichen |besten |lieben )?dank(?: schon(?: ein)?mal)?(?: im voraus)?"
    "(?: fur (?:ihre|eure|deine|die) \\w{3,20})?(?: im voraus)?"
    "|danke(?: schon(?: ein)?mal)?(?: im voraus)?|im voraus (?:vielen|besten|herzlichen) dank"
    "|(?:ich |wir )?freue[n]? (?:mich|uns) auf (?:ihre|eure|deine|eine) .{0,40}"
    "|espero que (?:este|esten|se encuentre|todo).{0,30}"
    "|(?:muchas |mil )?gracias(?: de antemano)?(?: por (?:su|tu|la) \\w{3,20})?(?: de antemano)?"
    "|quedo a la espera.{0,40}|espero (?:su|tu) (?:respuesta|contestacion).{0,20}"
    "|j['\u2019]espere que (?:vous allez|tu vas|tout va).{0,20}"
    "|merci (?:beaucoup )?(?:d['\u2019]avance|par avance|pour (?:votre|ton) \\w{3,20}).{0,20}"
    "|dans l['\u2019]attente de.{0,40}"
    "|espero que (?:esteja|estejam|tudo).{0,30}"
    "|(?:muito )?obrigad[oa](?: desde ja)?(?: pela \\w{3,20})?|aguardo (?:a |o |sua |seu ).{0,30}"
    "|(?:ارجو|نرجو|اتمنى) ان تكونوا .{0,20}|شكرا (?:مقدما|جزيلا|لكم).{0,20}|في انتظار رد.{0,10}"
)
"""A whole sentence that customers write to be kind, without the mark at its end."""
