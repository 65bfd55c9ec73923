"""Pasted text becomes indicator rows; nothing is guessed in silence, nothing is lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.indicators.reading import Found, read
from tests.evaluation import paste_figures

D = Decimal


def test_the_pasted_samples_are_read() -> None:
    """The set of 30 texts, written before there was a parser: wrong values are the worst outcome."""
    counts, failing = paste_figures.figures()
    every = counts["all"]
    assert every["expected"] == 93
    assert every["wrong"] == 0, "\n".join(failing)
    assert every["whole"] >= 88, "\n".join(failing)
    assert every["invented"] == 0, "\n".join(failing)
    assert every["marked"] >= 20, "\n".join(failing)


@pytest.mark.parametrize(("name", "expected", "whole"), [("more", 160, 157), ("fresh", 104, 103), ("third", 91, 90)])
def test_other_samples_are_read_without_a_wrong_value(name: str, expected: int, whole: int) -> None:
    """Three sets of other industries; what each scored when it was read for the first time stands in the guide."""
    counts, failing = paste_figures.figures(paste_figures.SAMPLES.with_name(f"{name}.jsonl"))
    every = counts["all"]
    assert every["expected"] == expected
    assert (every["wrong"], every["invented"]) == (0, 0), "\n".join(failing)
    assert every["whole"] >= whole, "\n".join(failing)


def short(one: Found) -> tuple[Any, ...]:
    """Name, what is asked, unit, baseline: enough to tell a wrong reading."""
    if one.kind == "range":
        asked: Any = (one.low, one.high)
    elif one.kind == "level":
        asked = one.level
    elif one.kind == "relative":
        asked = ("down" if one.direction == "lower" else "up", one.value)
    else:
        asked = (str(one.operator), one.value)
    return (one.name, asked, one.unit, one.baseline)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("目前电池包成本为0.62元/Wh，要求降至0.45元/Wh以下。", [("电池包成本", ("le", D("0.45")), "元/Wh", D("0.62"))]),
        ("首年衰减不超过1%，温升不超过15K。", [("首年衰减", ("le", D(1)), "%", None), ("温升", ("le", D(15)), "K", None)]),
        ("涂层附着力达到0级，铅笔硬度≥3H", [("涂层附着力", "0级", "", None), ("铅笔硬度", "3H", "", None)]),
        ("（1）检测精度优于0.5mm；（2）识别精度优于98%；（3）漏检率小于万分之五。",
         [("检测精度", ("le", D("0.5")), "mm", None), ("识别精度", ("ge", D(98)), "%", None), ("漏检率", ("lt", D("0.05")), "%", None)]),
        ("项目总经费500万元，研发周期18个月，团队不少于10人。产品良率须达到98%", [("产品良率", ("ge", D(98)), "%", None)]),
        ("2027年底前完成中试，2028年实现量产，良率≥95%", [("良率", ("ge", D(95)), "%", None)]),
        ("密度：2.8±0.2 g/cm³", [("密度", (D("2.6"), D("3.0")), "g/cm³", None)]),
        ("输入电压 220V±10%", [("输入电压", (D(198), D(242)), "V", None)]),
        ("材料利用率从60%提高到85%，单件成本从120元降到80元以内", [("材料利用率", ("ge", D(85)), "%", D(60)), ("单件成本", ("le", D(80)), "元", D(120))]),
        ("寿命提高至2倍（现为1500 h）", [("寿命", ("ge", D(3000)), "h", D(1500))]),
        ("CO2排放强度降低10个百分点，泄漏率不高于1×10⁻⁹ Pa·m³/s",
         [("CO2排放强度", ("down", D(10)), "个百分点", None), ("泄漏率", ("le", D("1E-9")), "Pa·m³/s", None)]),
        ("Battery life: 10 h minimum; charging time: max 45 min; operating temperature -20 to 60 °C.",
         [("Battery life", ("ge", D(10)), "h", None), ("charging time", ("le", D(45)), "min", None),
          ("operating temperature", (D(-20), D(60)), "°C", None)]),
        ("Improve coating adhesion by 40% compared with the current process", [("coating adhesion", ("up", D(40)), "%", None)]),
        ("accuracy better than 99.5% and throughput of at least 120 parts per minute",
         [("accuracy", ("ge", D("99.5")), "%", None), ("throughput", ("ge", D(120)), "parts per minute", None)]),
        ("续航里程翻一番，人工成本减半，能耗减少1/3", [("续航里程", ("up", D(2)), "倍", None), ("人工成本", ("down", D(50)), "%", None),
          ("能耗", ("down", D("33.33")), "%", None)]),
        ("成形尺寸≥500×500×400mm，硬度HRC58～62，Na≤5ppm", [("硬度", (D(58), D(62)), "HRC", None), ("Na", ("le", D(5)), "ppm", None)]),
        ("电池系统成本：2027年≤0.6元/Wh，2030年≤0.4元/Wh。", 
         [("电池系统成本", ("le", D("0.6")), "元/Wh", None), ("电池系统成本", ("le", D("0.4")), "元/Wh", None)]),
        ("目前吨纱电耗为1200 kWh，回花率约8%。拟开发新工艺，使吨纱电耗降低15%，回花率降至5%以下。",
         [("吨纱电耗", ("down", D(15)), "%", D(1200)), ("回花率", ("le", D(5)), "%", D(8))]),
        ("Throughput raised from 450 to 900 picks per hour; scrap halved; energy use improved by a factor of 3.",
         [("Throughput", ("ge", D(900)), "picks per hour", D(450)), ("scrap", ("down", D(50)), "%", None), ("energy use", ("up", D(3)), "倍", None)]),
        ("Noise below 60 dB(A) at 1 m, price under $4/kg.", [("Noise", ("lt", D(60)), "dB(A)", None), ("price", ("lt", D(4)), "$/kg", None)]),
    ],
)  # fmt: skip
def test_what_stands_in_a_sentence(text: str, rows: list[tuple[Any, ...]]) -> None:
    assert [short(one) for one in read(text).indicators] == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "序号\t指标名称\t单位\t现状值\t目标值\t检测方法\n1\t抗压强度\tMPa\t45\t≥60\tGB/T 50081\n2\t坍落度\tmm\t\t200±20\t\n3\t成本\t元/m³\t520\t降低10%\t",
            [("抗压强度", ("ge", D(60)), "MPa", D(45)), ("坍落度", (D(180), D(220)), "mm", None), ("成本", ("down", D(10)), "%", D(520))],
        ),
        (
            "| 参数 | 要求 |\n| --- | --- |\n| 输出功率（kW） | 不小于50 |\n| 防护等级 | IP54 |\n| 重量 | 25 kg以下 |",
            [("输出功率", ("ge", D(50)), "kW", None), ("防护等级", "IP54", "", None), ("重量", ("le", D(25)), "kg", None)],
        ),
        (
            "Property,Unit,Target,Test method\nPeel strength,N/mm,>= 1.2,IPC-TM-650\nDielectric constant,,3.0-3.4,\nTg,°C,min 180,DSC",
            [("Peel strength", ("ge", D("1.2")), "N/mm", None), ("Dielectric constant", (D("3.0"), D("3.4")), "", None), ("Tg", ("ge", D(180)), "°C", None)],
        ),
    ],
)  # fmt: skip
def test_what_stands_in_a_table(text: str, rows: list[tuple[Any, ...]]) -> None:
    assert [short(one) for one in read(text).indicators] == rows


def test_what_is_open_is_said() -> None:
    reading = read("寿命8000小时，成本降低20%，切割速度提高2倍，界面友好。预算300万元。")
    assert [(one.name, one.gaps) for one in reading.indicators] == [
        ("寿命", ["operator"]), ("成本", ["baseline"]), ("切割速度", ["multiple_reading", "baseline"]),
    ]  # fmt: skip
    assert reading.wishes == ["界面友好"]
    assert reading.set_aside == ["300万元"]
    about = read("寿命约8000小时，效率不低于95%左右，功率≥30 kW").indicators
    assert [("approximate" in one.gaps) for one in about] == [True, True, False]
    several = read("项目  2026年目标  2028年目标\n良率  70%  90%\n单台成本（万元）  12  8.5")
    assert [(one.value, one.gaps[0]) for one in several.indicators] == [(D(90), "several_targets"), (D("8.5"), "several_targets")]  # fmt: skip
    assert read("汉" * 30_000).is_cut


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.text(alphabet="12,.%≥≤±~-/（）()：；，。\n\t| 年月万亿倍级由从降至提高不低于目标单位kgMPa℃minto", max_size=160)
)
def test_no_text_breaks_the_reader(text: str) -> None:
    for one in read(text).indicators:
        assert one.name and one.words
        assert one.value is not None or one.low is not None or one.level


def test_a_hostile_paste_takes_no_long_time() -> None:
    import time

    for text in [
        "(1" * 5000 + ")" * 5000,
        "1-" * 10_000,
        "5 m" + "/m" * 9000,
        "不低于" * 6000,
        "±1" * 8000,
        "improve cost by 5 and " * 900,
    ]:
        begun = time.monotonic()
        read(text)
        assert time.monotonic() - begun < 5
