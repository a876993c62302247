"""Words by which titles ask, and which say nothing of what they ask.

All are folded: no case, no accents. Those of English are left out by `knowledge.content_words`.
"""

from typing import Final

_ASKING: Final = (
    "wie was wann wo wer warum welche welcher welches ich wir ihr sie es man mein meine meinen "
    "meinem meiner ihre ihren der die das den dem des ein eine einen einem einer ist sind gibt "
    "kann konnen muss mussen darf habe haben hat wird werden und oder nicht kein keine zu zum "
    "zur im in auf an am bei mit fur von vom aus nach uber comment que quoi quand ou qui "
    "pourquoi quel quelle quels quelles est ce je nous vous il y a t mon ma mes votre vos le la "
    "les un une du de d l et pas en au aux sur pour avec par dans puis peut como cuando donde "
    "quien cual cuales hay puedo puede mi mis su sus el los las del al o con por para sin se me "
    "come cosa quando dove chi perche quale quali posso sono mio mia lo gli i di da per nel hoe "
    "wat wanneer waar waarom welke ik mijn u uw er het een of niet kan zijn heeft te van voor "
    "met bij op naar om hvordan hva nar hvor hvem hvorfor jeg min mitt mine din det og eller "
    "ikke har til av pa for med som hur vad var vem varfor jag mina ar att jak co kiedy gdzie "
    "kto dlaczego czy moge mam jest sa w na z do lub nie moj moja moje os as um uma quem onde "
    "meu minha nao dos em no com tem ha eu"
)
SMALL_WORDS: Final = frozenset(_ASKING.split())
