"""The words that say how a number is meant: comparisons, changes, duties, baselines."""

from __future__ import annotations

import re

from core.indicators.kinds import Operator

GE, GT, LE, LT = Operator.GE, Operator.GT, Operator.LE, Operator.LT


def _any(words: str) -> str:
    return f"(?:{words})"


# Right before a number. The match that begins first wins (“no less than” before “less than”); a soft one yields to what stands behind the number.
BEFORE: list[tuple[re.Pattern[str], str, bool]] = [
    (re.compile(rf"(?i:{words})$"), operator, soft)
    for words, operator, soft in [
        (
            _any(
                r"≤|<=|=<|不高于|不大于|不超过|不多于|不得超过|不得高于|不得大于|不得多于|不得过|不应超过|不应大于|不应高于|不能超过|不许超过|不长于|不晚于|不迟于|不超|未超过|"
                r"小于等于|小于或等于|低于等于|低于或等于|至多|最多|最高不超过|最大不超过|上限为?|封顶|低至|低到"
            ),
            LE,
            False,
        ),
        (
            _any(
                r"≥|>=|=>|不低于|不小于|不少于|不短于|不得低于|不得小于|不得少于|不应低于|不应小于|不应少于|不能低于|不弱于|不差于|不劣于|大于等于|大于或等于|高于等于|高于或等于|至少|"
                r"最少|起码|高达|多达|长达|下限为?|不低於"
            ),
            GE,
            False,
        ),
        (_any(r"<|小于|低于|少于|短于|窄于|轻于|薄于|弱于|控制在|不到|不足|限制在|限定在|压缩在"), LT, True),
        (_any(r">|大于|高于|多于|长于|超过|超出|突破|宽于|厚于|强于"), GT, True),
        (
            _any(
                r"\bat most|\bno (?:more|greater|higher|longer|later|larger|worse) than|\bnot (?:more|greater|"
                r"higher|longer|later|larger|worse) than|\bnot (?:to )?exceed(?:ing)?|\bmax(?:imum|\.)?(?: of)?|"
                r"\bNMT|\bnot above|\bup to|\bcapped at|\bwithin|\bless than or equal to"
            ),
            LE,
            False,
        ),
        (
            _any(
                r"\bNLT|\bnot below|\bat least|\b(?:no|not) (?:less|fewer|lower|smaller|shorter) than|\bmin(?:imum|\.)?(?: of)?|"
                r"\ba minimum of|\bgreater than or equal to|\breach(?:es|ing)?|\bachiev(?:e|es|ing)|\bdeliver(?:s|"
                r"ing)?"
            ),
            GE,
            False,
        ),
        (_any(r"\bunder|\bbelow|\bless than|\bfewer than|\blower than|\bsmaller than|\bshorter than"), LT, False),
        (
            _any(
                r"\bover|\babove|\bmore than|\bgreater than|\bhigher than|\blonger than|\bexceed(?:s|ing)?|"
                r"\bin excess of"
            ),
            GT,
            False,
        ),
    ]
]
# “better than”: which way is better depends on the thing.
BETTER_BEFORE = re.compile(r"(?i:优于|好于|\bbetter than)$")
REACHES_UP = re.compile(r"(?:达到了?|可达到?|达)$")
# Between the comparison and the number: 不低于标示量的85%, 不超过现有的80%, at least about 5.
ABOUT = re.compile(r"(?:约|大约|\babout|\bapproximately|\baround)\s*$", re.IGNORECASE)
_WHOLE = re.compile(r"[一-鿿]{1,8}的$")


def loosened(before: str) -> list[tuple[str, str]]:
    """What stands before a number, as it is and without 约 or “标示量的”; with the whole that was taken off."""
    plain = ABOUT.sub("", before).rstrip()
    found = [(before, "")] + ([(plain, "")] if plain != before else [])
    if match := _WHOLE.search(plain):
        found += [(plain[:at], plain[at:-1]) for at in range(len(plain) - 2, match.start(), -1)]
    return found


AFTER: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"\s?(?:\(含\))?(?:及其?|或)?(?:以上|之上|起步?(?![一-鿿]))|\s?(?:及|或)更[高多长大]"), GE),
    (
        re.compile(
            r"\s?(?:\(含\))?(?:及其?|或)?(?:以下|以内|之内|之下|内(?![一-鿿]*(?:径|部|阻|存))|封顶)|\s?(?:及|或)更[低少短小]"
        ),
        LE,
    ),
    (
        re.compile(
            r"\s?(?:or|and) (?:more|higher|above|greater|longer|over)\b|\s?(?:minimum|min\.?)(?![a-z])|"
            r"\s?\+(?=$|[\s,;)])",
            re.IGNORECASE,
        ),
        GE,
    ),
    (
        re.compile(
            r"\s?(?:or|and) (?:less|lower|below|fewer|shorter|under|smaller)\b|\s?(?:maximum|max\.?)(?![a-z])",
            re.IGNORECASE,
        ),
        LE,
    ),
]
BETTER_AFTER = re.compile(r"\s?(?:or|and) better\b|\s?(?:及|或)更[好优佳]", re.IGNORECASE)

# What is better when it is small, and what when it is large; a name ends with its head.
_SMALL = (
    "误差|偏差|损耗|损失|漂移|噪声|噪音|延迟|时延|延时|功耗|能耗|电耗|水耗|煤耗|油耗|耗电|粗糙度|成本|费用|价格|单价|检出限|检测限|响应时间|交期|不良率|"
    "缺陷率|故障率|失效率|误检率|漏检率|误报率|漏报率|误码率|丢包率|返工率|报废率|"
    "重量|质量损失|厚度|残留|杂质|含量限|水分|排放|浓度限|衰减|阻抗|内阻|压降|温升|振动|畸变|失真|抖动|不平度|不平整度|圆度|平面度|平行度|垂直度|同轴度|跳动|变形|收缩率|"
    "吸水率|透过量|透过率限|泄漏率|漏率|自放电率|停机|投诉率|发生率|死亡率|副瓣电平|电平|插损|回损|串扰|体积|占用|事故数|碳排放|碳强度|内毒素|公差|波动|离散度|变异系数|"
    "不确定度|"
    "error|latency|delay|drift|noise|loss|cost|price|limit|roughness|response time|time|defect rate|"
    "failure rate|false alarms?|leakage|emissions?|consumption|weight|tolerance|ripple|jitter|"
    "distortion|deviation|uncertainty|footprint|gwp|downtime|scrap"
)
_FINE = (
    "稳定性|稳定度|stability|random walk|随机游走|"
    "精度|准确度|分辨率|分辨力|灵敏度限|accuracy|precision|resolution|repeatability|重复性|一致性|均匀性|线性度"
)
_LARGE = (
    "寿命|容量|效率|强度|密度|纯度|率|转化率|选择性|收率|得率|产能|产量|产率|速度|速率|带宽|吞吐量|续航|里程|可靠性|可用性|保持率|合格率|良率|良品率|召回率|满意度|"
    "占有率|增益|信噪比|功率|硬度|韧性|模量|"
    "导热系数|电导率|透光率|反射比|覆盖率|自给率|国产化率|利用率|回收率|去除率|评分|得分|负载|效果|性能|响应速度|"
    "life|lifetime|durability|capacity|efficiency|strength|density|purity|yield|throughput|speed|"
    "rate|range|recall|conversion|selectivity|energy|power|cop|recovery|availability|retention|score"
)
SMALL = re.compile(
    rf"(?:(?<!间隔)(?<!续航)(?<!工作)(?<!运行)(?<!使用)(?<!保持)(?<!故障)(?<!保温)(?<!待机)(?<!储存)(?<!贮存)(?<!持续)(?:时间|周期)|{_SMALL})[^一-鿿A-Za-z]*$",
    re.IGNORECASE,
)
FINE = re.compile(rf"(?:{_FINE})[^一-鿿A-Za-z]*$", re.IGNORECASE)
LARGE = re.compile(rf"(?:{_LARGE})[^一-鿿A-Za-z]*$", re.IGNORECASE)

UP = (
    r"提升|提高|上调|增加|增长|增大|上升|改善|增强|延长|扩大|升高|(?<![温抬提上])提|(?<![温抬提上])升(?=[至到])|加快|increas(?:e|es|ed|ing)|"
    r"rais(?:e|es|ed|ing)|improv(?:e|es|ed|ing)|boost(?:s|ed|ing)?|extend(?:s|ed|ing)?|grow(?:s|ing)?|"
    r"higher|doubl(?:e|es|ed|ing)|increase"
)
DOWN = (
    r"\bdown(?= (?:to|from)\b)|降低|下降|减少|缩小|下调|缩短|压缩|削减|减轻|减小|(?<![压温沉])降(?!解|噪|温)|节约|节省|节能|缩减|"
    r"(?<![衰增加])减(?!速|震|振|重|排|薄)|reduc(?:e|"
    r"es|ed|ing)|cut(?:s|ting)?|lower(?:s|ed|ing)?|decreas(?:e|es|ed|ing)|shorten(?:s|ed|ing)?|"
    r"drop(?:s|ped|ping)?|shrink(?:s|ing)?|sav(?:e|es|ed|ing)|reduction|decrease"
)
CHANGE = re.compile(rf"(?:(?P<up>{UP})|(?P<down>{DOWN}))(?P<filler>[了幅度约]*)(?P<to>至|到|为|成)?", re.IGNORECASE)
# Directly before a number: 提升25%, 降至2.0%, 降低到, 提高至原来的1.5倍, by 30 %.
CHANGED = re.compile(
    rf"(?:(?P<up>{UP})|(?P<down>{DOWN}))(?:了|幅度|率|约|大约|至少|不低于|不少于|超过|达到?|by|in excess of|at least|"
    rf"more than|[\s])*?(?P<to>至|到|为|成|to)?(?P<of>(?:原|现|目前|当前|上一代|传统|国外|同类|基线)[一-鿿]{{0,8}}的|原来|"
    rf"现有)?\s?(?:约|about )?$",
    re.IGNORECASE,
)
# “raised from 450 to 900 picks per hour”: the start stands between the verb and the end.
CHANGED_FROM = re.compile(
    rf"(?:(?P<up>{UP})|(?P<down>{DOWN}))\s+from\s+[^,;]{{1,24}}?\s+(?P<to>to)(?P<of>\b\B)?$", re.IGNORECASE
)
# 节水30%, 增产10%: verb and noun are one word, which names the change.
CHANGED_WORD = re.compile(
    r"(?:(?P<up>[增提])|(?P<down>[节降减]))(?P<what>[水电能耗本重排产效噪药肥材煤油费])(?:约|达到?|不低于|不少于|超过|≥|>)*(?P<to>\b\B)?(?P<of>\b\B)?$"
)
MULTIPLE_READING = "multiple_reading"

MUST = re.compile(
    r"必须|必需|务必|须|不得|不应|应当|应能|一票否决|强制|硬性|shall\b|must\b|required to|mandatory", re.IGNORECASE
)
NICE = re.compile(
    r"力争|最好|优先|争取|期望|希望|可选|鼓励|宜|尽量|should\b|prefer(?:ably|red)?\b|ideally|nice to have|desirable|"
    r"optional",
    re.IGNORECASE,
)
MODAL = re.compile(
    r"(?:必须|必需|务必|须|不得|应当|应该|应能|应|需要|需|要求|要|力争|最好|优先|争取|期望|希望|尽量|宜|确保|保证|实现|达到|使得|将|把|其中|同时|并且|而且|且|"
    r"以及|能够|可以|控制|保持|整体|总体|各项|均|都|分别|"
    r"(?<![A-Za-z])(?:stay|remain|shall|must|should|preferably|ideally|will|to|be|is|are|has|have|having|with|and|the|a|an|of|for|"
    r"achieve|deliver|provide|reach|ensure|target|that|but|also|then|we need|we want|kept?|"
    r"maintain(?:ed)?|need(?:s|ed)?))$",
    re.IGNORECASE,
)
LEADING = re.compile(
    r"^(?:[\s·•●○■□▪◆★*>#、,，;；:：\-]+|必须|必需|务必|须|应当|应该|应能|应(?![力变急用答])|需要|需(?![求量])|要求|力争|最好|优先|争取|期望|"
    r"希望|尽量|确保|保证|实现|达到|使得|使(?!用)|将(?!来)|把|其中|同时|并且|而且|且|并(?![发行联网])|以及|其|能够|"
    r"(?:shall|must|should|preferably|ideally|to|with|and|the|a|an|of|for|achieve|deliver|provide|"
    r"reach|ensure|target|that|but|also|then|we need|we want|keep|maintain|having|has|have|plus)\b)\s*",
    re.IGNORECASE,
)
BASELINE_WORD = re.compile(
    r"(?:现为|现有|现状|目前|当前|现阶段|现行|现在|原为|原来|原|基线|基准|此前|过去|已有|baseline|currently|current|today|now|"
    r"status quo|existing|presently|from)[^\d±≥≤<>]{0,14}$",
    re.IGNORECASE,
)
BASELINE_START = re.compile(
    r"^(?:现有?|目前|当前|原|基线|基准|baseline|current|today|now|existing|presently|vs\.?|相比|较|比)", re.IGNORECASE
)
# 较现有系统, 比上一代, 相对于传统工艺: whose change it is, not what changes.
COMPARED = re.compile(
    r"(?:(?:相?较于?|相?比)(?:19|20)\d{2}\s?年?|在(?:现有|目前|原有?)[^,，;；。]{0,8}基础上|(?:与|和|同)?(?:现有|目前|上一代|传统|国外|进口|同类|"
    r"常规)?[^,，;；。与和同较比]{0,10}(?:相比|同比)|(?:相较于?|相对于?|较|比)(?:之)?(?:现有|目前|当前|上一代|上年|去年|传统|常规|国外|进口|同类|竞品|"
    r"市售|原|现行|基线)[^,，;；。提降增减下上缩\d]{0,12}|同比|环比|"
    r"(?:compared (?:with|to)|versus|vs\.?|relative to|over|against) (?:the )?(?:current|existing|"
    r"present|baseline|today|state of the art|conventional|previous)[a-z ]{0,24})$",
    re.IGNORECASE,
)
MONEY_CONTEXT = re.compile(
    r"经费|预算|投资额?|销售额|销售收入|营业?收入|营收|产值|利润|注册资本|融资|revenue|turnover|总投入|资助|拨款|资金|奖金|揭榜金额|榜额|budget|funding|grant|investment",
    re.IGNORECASE,
)
OWN_FACTS = re.compile(
    r"(?:公司|企业|本厂|我厂|集团|单位)[^,，;。]{0,8}?(?:年产|年销|年处理|拥有|现有|占地|注册|成立|建有)|\b(?:our|the) company (?:has|employs|produces|makes)|"
    r"\bwe (?:currently )?(?:employ|produce|make|operate)\b",
    re.IGNORECASE,
)
PEOPLE_CONTEXT = re.compile(r"团队|人员|研发人员|专家|博士|硕士|员工|team|staff|engineers|researchers", re.IGNORECASE)
PROJECT_TIME = re.compile(
    r"(?:项目|课题|研发|研究|实施|攻关|开发|建设|合同|任务)(?:执行)?(?:周期|期限?|工期|时间|总?工期)|揭榜期|project (?:duration|period)|"
    r"\b(?:project|programme|program) (?:runs|lasts|takes)|"
    r"完成时限|^\s*时限",
    re.IGNORECASE,
)
STANDARD_CLAUSE = re.compile(
    r"^(?:按照?|依据|根据|参照|遵循|执行|per|according to|as per|in accordance with)", re.IGNORECASE
)

LEVELS = re.compile(
    r"(?<![A-Za-z0-9])(?:IP[0-9X]{2}K?|IK(?:0\d|10)|ASIL[- ]?[A-D]|SIL[- ]?[1-4]|TRL[- ]?[1-9]|"
    r"MRL[- ]?(?:10|[1-9])|CMMI[- ]?[1-5]|EAL[1-7]\+?|V-?[0-2](?=级|阻燃|[^0-9A-Za-z.]|$)|L[0-5](?=级|"
    r"\s?(?:自动|autonom|driving)|[^0-9A-Za-z.]|$)|"
    r"[1-9]?[HB](?=级?(?:[^0-9A-Za-z\-]|$))|HB(?=[^0-9A-Za-z]|$)|C[1-5](?=级|腐蚀)|[A-C][12]?(?=级)|"
    r"[一二三四五六特]级|[0-9](?:\.\d)?级|class\s(?:[A-D][0-9]?|[0-9][A-D]?)(?![A-Za-z0-9])|grade\s[A-D0-9]{1,2}|level\s[A-D0-9]{1,2})",
    re.IGNORECASE,
)
LEVEL_NAME = re.compile(
    r"等级|级别|防护|硬度|阻燃|分级|能效|精度等级|安全完整性|level|grade|class|rating|protection|hardness|flammab",
    re.IGNORECASE,
)
WISH = re.compile(
    r"友好|快|易|便捷|方便|美观|稳定|可靠|先进|智能|绿色|环保|安全|兼容|美|舒适|轻便|低成本|高效|不含|无毒|无异味|可降解|可回收|自主可控|国产化|"
    r"优于|领先|不[低亚劣逊]于.{0,12}(?:同类|水平|产品)|达到.{0,12}(?:水平|先进)|"
    r"通过.{0,20}(?:认证|验证|考核|评审|检测|试验)|符合.{0,20}要求|recyclable|friendly|easy|robust|reliable|fast|"
    r"low[- ]cost|compatible|scalable|"
    r"free of|halogen-free|sustainable|safe|simple|quick|light(?:weight)?|durable|certif(?:ied|"
    r"ication)|comply|compliant",
    re.IGNORECASE,
)
SAMPLE = re.compile(r"满意度|好评率|NPS|satisfaction", re.IGNORECASE)
DEFINITION = re.compile(r"市场占有率|市占率|市场份额|国产化率|market share", re.IGNORECASE)
VERB_NOUN = {
    "recover": "recovery",
    "remove": "removal",
    "capture": "capture",
    "retain": "retention",
    "convert": "conversion",
    "detect": "detection",
    "recycle": "recycling",
    "reuse": "reuse",
    "absorb": "absorption",
    "reject": "rejection",
    "block": "blocking",
}
