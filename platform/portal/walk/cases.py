"""The reference cases as data: battery, chip and medical device, after the unnamed examples of the requirements (N8).

All organisations and people are made up, and every page says that the data are samples.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PASSWORD = "xielian-demo-2026"  # noqa: S105 - shown on the sign-in page of the demonstration only
DOMAIN = "demo.xielian.test"

EXPERTS = [("秦专家", "材料与电化学"), ("陆专家", "可靠性与测试"), ("韩专家", "产业化与成本")]

# One organisation of each further kind, so that every kind has a home (R027).
OTHERS = [
    ("某渠道商（示例）", ["channel_firm"], "渠道经理"), ("某中试基地（示例）", ["pilot_base", "sme"], "基地主任"),
    ("某检测实验室（示例）", ["test_laboratory"], "实验室主任"), ("某服务机构（示例）", ["service_provider"], "服务经理"),
    ("某主管部门（示例）", ["authority"], "产业处"),
]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One chain's walk."""

    key: str
    chain: tuple[str, str]
    nodes: list[tuple[str, str, str]]
    leader: str
    institute: str
    university: str
    suppliers: tuple[str, str]
    investor: str
    user: str
    title: str
    pain: str
    users: str
    indicators: list[dict[str, Any]]
    budget: str
    good: list[str]
    weak: list[str]
    measured: dict[str, list[str]]
    shares: list[str]
    income: str
    fund: str = "10000000"
    fails_at: str = ""
    gate_shares: list[str] = field(default_factory=lambda: ["30", "30", "40"])
    # What came of it, and what it leaves open: both are shown to everyone.
    result: dict[str, Any] = field(default_factory=dict)
    effect: str = ""
    outcome: dict[str, Any] = field(default_factory=dict)
    next_need: dict[str, Any] = field(default_factory=dict)
    next_days: int = 45
    question: tuple[str, str] = ("", "")


def relative(name: str, change: str, unit: str, baseline: str, method: str) -> dict[str, Any]:
    return {
        "name": name, "kind": "relative", "target": change, "unit": unit, "baseline_value": baseline, "baseline_period": "2025 年",
        "baseline_source": "第三方检测报告（示例）", "baseline_claim": "verified", "method": method, "is_must": True,
    }  # fmt: skip


def threshold(name: str, operator: str, target: str, unit: str, method: str) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "threshold",
        "operator": operator,
        "target": target,
        "unit": unit,
        "method": method,
        "is_must": True,
    }


CASES = [
    Case(
        key="battery", chain=("新能源汽车产业链", "New energy vehicles"),
        nodes=[
            ("电池材料", "Battery materials", "upstream"),
            ("动力电池", "Traction batteries", "midstream"),
            ("整车与出行", "Vehicles and mobility", "downstream"),
        ],
        leader="某汽车龙头企业（示例）", institute="某电池研究院（示例）", university="某理工大学（示例）",
        suppliers=("某材料供应商（示例）", "某电极供应商（示例）"), investor="某产业资本（示例）", user="某出行平台（示例）",
        title="新能源汽车续航焦虑", pain="冬季续航打折、充电排队，用户不敢跑长途。", users="网约车司机与长途用户",
        indicators=[relative("电池能量密度", "30", "Wh/kg", "200", "GB/T 31486"), threshold("充电时间", "le", "15", "min", "10%–80% SOC")],
        budget="10000000.00", good=["262", "15"], weak=["255", "14"],
        measured={"rd": ["263", "14.8"], "pilot": ["261.5", "14.9"], "mass_production": ["260.4", "15"]},
        shares=["40", "30", "20", "10"], income="1000000.00",
        result={"title": "高比能快充动力电池", "title_en": "Fast-charging traction battery of high energy density", "field": "动力电池",
                "text": "能量密度超过 260 Wh/kg、十五分钟快充的动力电池及其电极工艺，已在整车产线试用（示例）。"},
        effect="冬季续航与补能时间明显改善，首批 500 辆车在用（示例）。",
        outcome={"name": "冬季实际续航", "unit": "km", "baseline_value": "310", "value": "405", "sample_size": 120, "direction": "higher"},
        next_need={"title": "零下三十度快充析锂", "pain": "极寒地区快充后容量衰减快，冬季要先预热半小时。", "users": "北方网约车与物流车司机",
                   "budget": "4000000.00", "indicators": [
                       threshold("低温充电时间", "le", "25", "min", "零下三十度，10%–80% SOC"),
                       threshold("循环后容量保持率", "ge", "85", "%", "零下三十度快充 300 次"),
                   ]},
        next_days=45, question=("样品电芯由谁提供？", "由发榜方提供同一批次电芯 60 只，揭榜后两周内送达。"),
    ),
    Case(
        key="chip", chain=("电子信息产业链", "Electronics"),
        nodes=[
            ("芯片设计", "Chip design", "upstream"),
            ("封装测试", "Packaging and test", "midstream"),
            ("智能终端", "Smart devices", "downstream"),
        ],
        leader="某终端龙头企业（示例）", institute="某微电子研究所（示例）", university="某电子科技大学（示例）",
        suppliers=("某封测企业（示例）", "某散热材料企业（示例）"), investor="某科创基金（示例）", user="某终端用户协会（示例）",
        title="芯片功耗过高、散热性能不足", pain="终端发烫、一天两充，用户投诉集中。", users="手机与平板用户",
        indicators=[relative("芯片功耗", "-25", "mW", "480", "典型负载 30 min"), threshold("外壳最高温度", "le", "41", "°C", "环境 25 °C 满载")],
        budget="6000000.00", good=["352", "40.5"], weak=["380", "40"],
        measured={"rd": ["350", "40.1"], "pilot": ["356", "40.6"], "mass_production": ["358", "40.8"]},
        shares=["40", "30", "20", "10"], income="1000000.00",
        result={"title": "低功耗芯片与均热封装", "title_en": "Low-power chip with heat-spreading package", "field": "集成电路",
                "text": "典型负载功耗降低四分之一、外壳不烫手的芯片与封装方案，已通过中试（示例）。"},
        effect="整机满载不降频，客户投诉减少（示例）。",
        outcome={"name": "连续使用时长", "unit": "h", "baseline_value": "7.5", "value": "10", "sample_size": 300, "direction": "higher"},
        next_need={"title": "折叠终端铰链区散热", "pain": "折叠机两块主板之间热量传不过去，一侧过热降频。", "users": "折叠屏手机用户", "budget": "2500000.00",
                   "indicators": [threshold("铰链区温差", "le", "4", "K", "环境 25 °C 满载 30 min"), threshold("弯折寿命", "ge", "200000", "次", "半径 3 mm")]},
        next_days=30, question=("能否用石墨烯膜以外的材料？", "可以，只看指标，不限材料与路线。"),
    ),
    Case(
        key="device", chain=("医疗器械产业链", "Medical devices"),
        nodes=[
            ("核心部件", "Core parts", "upstream"),
            ("整机制造", "Device making", "midstream"),
            ("医疗机构", "Hospitals", "downstream"),
        ],
        leader="某医疗器械龙头企业（示例）", institute="某生物医学研究院（示例）", university="某医科大学（示例）",
        suppliers=("某精密部件企业（示例）", "某传感器企业（示例）"), investor="某医疗基金（示例）", user="某医院（示例）",
        title="便携式输液泵流量不准", pain="低流速时流量误差大，护士要反复校核。", users="病区护士与居家患者",
        indicators=[threshold("流量误差", "le", "2.0", "%", "YY/T 0451"), threshold("一次合格率", "ge", "95", "%", "联合中试 500 台")],
        budget="10000000.00", good=["1.6", "97"], weak=["1.9", "95"],
        measured={"rd": ["1.4", "97.5"], "pilot": ["1.6", "91.2"]}, fails_at="pilot",
        shares=["40", "30", "20", "10"], income="300000.00",
        result={"title": "微流量脉动测试方法", "title_en": "Test method for pulsation at micro flow", "field": "医疗器械",
                "text": "项目虽在中试终止，留下可用的测试方法：每小时 0.1 毫升下的脉动可重复测量（示例）。"},
        next_need={"title": "输液泵一次合格率", "pain": "管路公差放大后流量漂移，整批返工。", "users": "整机厂与病区护士", "budget": "3000000.00",
                   "indicators": [threshold("整批一次合格率", "ge", "98", "%", "联合中试 500 台"), threshold("单台校准时间", "le", "3", "min", "产线实测")]},
        next_days=60, question=("失败项目的数据能否使用？", "可以，签署保密协议后在数据目录中申请。"),
    ),
]  # fmt: skip
