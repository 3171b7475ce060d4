"""Many questions on their way from provider to provider, each provider by itself and all of them side by side."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Condition, Thread
from typing import Generic, TypeVar

Question = TypeVar("Question")


class Tour(Generic[Question]):
    """Leads questions along their routes: each goes from one provider to the next until one can answer it.

    `routes` has the providers of each question in order. `ask` puts some questions to one provider, no more at once
    than `at_once` says of it, and says of each whether it needs nobody else; it is called in other threads, for one
    provider in one of them at a time.
    """

    def __init__(
        self,
        routes: Mapping[Question, Sequence[str]],
        ask: Callable[[str, Sequence[Question]], Iterable[bool]],
        at_once: Callable[[str], int] = lambda _: 1,
    ) -> None:
        self._left = {question: deque(route) for question, route in routes.items()}
        self._ask = ask
        self._at_once = at_once
        self._queues: dict[str, deque[Question]] = {name: deque() for route in routes.values() for name in route}
        self._total = len(routes)
        self._failed: list[BaseException] = []
        self._changed = Condition()

    def run(self, on_progress: Callable[[int, int], object] | None = None) -> None:
        """Returns when nobody is left to be asked; `on_progress` is told how many questions of all are done.

        Raises what `ask` raises.
        """
        with self._changed:
            for question in list(self._left):
                self._send_on(question)
            # Whoever stops bibman must not wait for services that do not answer: daemons end with it.
            for name in self._queues:
                Thread(target=self._serve, args=(name,), daemon=True).start()
            told = 0
            while self._left and not self._failed:
                self._changed.wait()
                done = self._total - len(self._left)
                if on_progress is not None and done > told:
                    told = done
                    on_progress(done, self._total)
        if self._failed:
            raise self._failed[0]

    def _serve(self, name: str) -> None:
        """Puts to one provider what is to be put to it, until there is nothing left for anybody."""
        queue = self._queues[name]
        while True:
            with self._changed:
                while self._left and not queue and not self._failed:
                    self._changed.wait()
                if not self._left or self._failed:
                    return
                questions = [queue.popleft() for _ in range(min(len(queue), self._at_once(name)))]
            try:
                answered = list(self._ask(name, questions))
            except BaseException as error:  # noqa: BLE001 - it is raised where the tour is waited for
                with self._changed:
                    self._failed.append(error)
                    self._changed.notify_all()
                return
            with self._changed:
                for question, is_done in zip(questions, answered, strict=True):
                    if is_done:
                        del self._left[question]
                    else:
                        self._send_on(question)
                self._changed.notify_all()

    def _send_on(self, question: Question) -> None:
        """Sends a question to the next provider on its route, or home where there is none."""
        route = self._left[question]
        if route:
            self._queues[route.popleft()].append(question)
        else:
            del self._left[question]
