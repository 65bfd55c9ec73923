"""A person at a browser: opens pages, fills forms by their fields' names, presses what a button says, reads."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Error, Locator, Page, expect


class Hands:
    """One person's window."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def path(self) -> str:
        """Where the window is, without the host."""
        return "/" + self.page.url.split("/", 3)[3]

    def go(self, path: str) -> Hands:
        answer = self.page.goto(path)
        assert answer is not None and answer.status == 200, f"{path}: {answer.status if answer else 'no answer'}"
        return self

    def fill(self, **values: Any) -> Hands:
        """Put values into the fields of these names; `True` ticks a box, a list of names picks several."""
        for name, value in values.items():
            try:
                self._put(name, value)
            except Error as problem:
                raise AssertionError(
                    f"no field {name} for {value!r} at {self.path}:\n{self.text()[:3000]}"
                ) from problem
        return self

    def send(self, words: str = "") -> Hands:
        """Press the main form's button, or the one that says these words, and wait for the answer."""
        button = self._button(words) if words else self.page.locator("main form.form button[type=submit]").first
        with self.page.expect_navigation() as went:
            button.click()
        answer = went.value
        assert answer is None or answer.status == 200, f"{answer.status} at {self.path}:\n{self.text()[:3000]}"
        return self

    def press(self, words: str, *, inside: str = "") -> Hands:
        """Press a button or follow a link that says these words; `inside` narrows it to a row or card with other words."""
        try:
            with self.page.expect_navigation():
                self._button(words, inside).click(timeout=6000)
        except Error as problem:
            raise AssertionError(f"no “{words}” to press at {self.path}:\n{self.text()[:3000]}") from problem
        return self

    def text(self) -> str:
        """What stands in the page's main part."""
        return str(self.page.locator("main").inner_text())

    def sees(self, *texts: str) -> Hands:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)
        return self

    def sees_not(self, *texts: str) -> Hands:
        for text in texts:
            expect(self.page.locator("main")).not_to_contain_text(text)
        return self

    def _button(self, words: str, inside: str = "") -> Locator:
        place = self.page.locator("main")
        if inside:
            place = place.locator("tr, li, section, article").filter(has_text=inside).last
        found = place.get_by_role("button", name=words).or_(place.get_by_role("link", name=words))
        return found.first

    def _put(self, name: str, value: Any) -> None:
        field = self.page.locator(f'main [name="{name}"]')
        kind = field.first.get_attribute("type") or field.first.evaluate("one => one.tagName.toLowerCase()")
        if kind == "radio":
            self.page.locator(f'main [name="{name}"][value="{value}"]').check()
        elif kind == "checkbox" and value is not True:
            for one in value:
                self.page.locator(f'main [name="{name}"][value="{one}"]').check()
        elif kind == "checkbox":
            field.first.check()
        elif kind == "select":
            field.first.select_option(label=value.label) if isinstance(value, Label) else field.first.select_option(
                value
            )
        elif kind == "file":
            field.first.set_input_files(value)
        else:
            field.first.fill(str(value))


class Label:
    """What an option says, where its value is an id."""

    def __init__(self, label: str) -> None:
        self.label = label


def pdf(name: str) -> dict[str, Any]:
    """A small file to hand in."""
    from tests.factories.needs import PDF

    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}
