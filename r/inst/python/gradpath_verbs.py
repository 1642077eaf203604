"""{torch}'s verbs and methods for R: PyTorch's function of the same name, with R's arguments, counted from 1."""

import inspect
from collections.abc import Callable
from itertools import zip_longest
from operator import attrgetter
from typing import Any

import gradpath_engine as engine
import torch
from gradpath_arithmetic import from_one, index_select
from torch import Tensor, nn
from torch.nn import functional


def _words(text: str) -> set[str]:
    return set(text.split())


# The arguments after the tensor, in order, of functions that Python cannot ask for them. One with a star takes all
# the numbers that follow.
SIGNATURES = {"randperm": ["n"]} | {
    name: ["self", *arguments.split()]
    for arguments, _, names in (line.partition(":") for line in """\
dim keepdim dtype: sum mean prod
dim keepdim: amax amin argmax argmin max min median all any logsumexp
dim dtype: cumsum cumprod softmax log_softmax
dim unbiased keepdim: std var
dim descending: sort argsort
dim: size stride squeeze unsqueeze unbind cat stack
dim index: select gather
dim index src: scatter
dim index source: index_add
dim index value: index_fill
dim0 dim1: transpose
dim start length: narrow
source destination: movedim
start_dim end_dim: flatten
k dim largest sorted: topk
q dim keepdim: quantile
shifts dims: roll
chunks dim: chunk
repeats dim: repeat_interleave
n dim: diff
diagonal: diag tril triu
num_samples replacement: multinomial
*dims: permute flip
*size: view expand
*shape: reshape
*repeats: repeat
num_classes: one_hot
exponent: pow
other alpha: add sub
min max: clamp
from to: uniform random
mean std: normal
""".splitlines())
    for name in names.split()
}  # fmt: skip

# Counted from 1 in R. Sizes and counts are R's 2, a float, and Python's int.
FROM_ONE = _words("dim dims dim0 dim1 start_dim end_dim source destination index start")
WHOLE = _words("""\
size shape k chunks split_size split_size_or_sections shifts diagonal repeats n num_classes num_samples length
step_size total_steps epochs steps_per_epoch patience cooldown T_max max_iter max_eval history_size
""")
# What PyTorch calls by another name than {torch}.
RENAMED = {"source_tensor": "source", "indices": "index", "lambda": "lambd"}
# Results that are positions, alone or in the second place.
POSITIONS = {"argmax", "argmin", "argsort", "multinomial"}
SECOND_POSITIONS = {"max", "min", "sort", "topk", "median"}
# Losses and layers with classes or words counted from 1: the argument that holds them.
COUNTED = {"cross_entropy": "target", "nll_loss": "target", "embedding": "input", "one_hot": "self"}


def _whole(value: Any) -> Any:
    if isinstance(value, list):
        return [_whole(v) for v in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _sizes(*size: Any) -> list[int]:
    return [int(n) for value in size for n in (value if isinstance(value, list) else [value])]


def _argument(name: str, value: Any, like: Any, loose: bool) -> Any:
    if isinstance(value, dict):
        return list(value.values())
    if name in FROM_ONE and not (name == "source" and isinstance(value, Tensor)):
        return from_one(value)
    if name in {"other", "src"} and isinstance(value, list) and isinstance(like, Tensor):
        return engine.as_operand(value, like)
    return _whole(value) if loose or name in WHOLE else value


def _names(function: Callable[..., Any], name: str) -> list[str] | None:
    try:
        found = [
            n
            for n, p in inspect.signature(function).parameters.items()
            if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]
    except ValueError:
        found = []
    return found or SIGNATURES.get(name.rstrip("_"))


def _result(made: Any, name: str) -> Any:
    if name in POSITIONS:
        return made + 1
    if isinstance(made, tuple):
        made = list(made)
        if name in SECOND_POSITIONS:
            made[1] = made[1] + 1
    return made


def converted(
    function: Callable[..., Any], name: str, loose: bool = False, asked: Callable[..., Any] | None = None
) -> Callable[..., Any]:
    """Return a function of PyTorch that takes R's arguments, as SIGNATURES has them or Python knows them.

    ``loose``: every whole number may become an int, which is right where no argument decides about a dtype. ``asked``
    knows the arguments better than the function.
    """
    known = _names(asked or function, name)
    names = known or (["self"] if loose else ["self", "other"])
    star = len(names) > 1 and names[1].startswith("*")
    names = [n.lstrip("*") for n in names]
    counted = COUNTED.get(name)

    def argument(key: str, value: Any, like: Any) -> Any:
        if value is None:
            return None
        if key == "normalized_shape" or (star and key == names[1] and not isinstance(value, list)):
            value = value if isinstance(value, list) else [value]
        return from_one(value) if key == counted else _argument(key, value, like, loose)

    def call(*values: Any, **named: Any) -> Any:
        if len(values) == 1 and not named and name not in COUNTED and type(values[0]) is Tensor:
            return _result(function(*values), name)
        if star and len(values) > 2:
            values = (values[0], list(values[1:]))
        # As R itself does: what is named takes its place, the others fill the places left over, in order.
        named = {RENAMED.get(key, key): value for key, value in named.items() if value is not None}
        free = [n for n in names if n not in named] if named else names
        like = values[0] if values else None
        placed = [argument(key, value, like) for key, value in zip_longest(free[: len(values)], values, fillvalue="")]
        named = {key: argument(key, value, like) for key, value in named.items()}
        if known:
            if len(placed) > len(free):
                raise TypeError(f"{name}() takes at most {len(names)} arguments")
            first = 1 if free[:1] == names[:1] else 0
            named |= {k: v for k, v in zip(free[first:], placed[first:], strict=False) if v is not None}
            placed = placed[:first]
        return _result(function(*placed, **named), name)

    return call


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _sized(make: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda *size, **options: make(_sizes(*size), **_given(options))


def _randint(low: float, high: float, size: Any, generator: Any = None, dtype: Any = None, **options: Any) -> Tensor:
    # {torch} gives float32 unless told otherwise, where PyTorch gives int64.
    dtype = dtype or torch.get_default_dtype()
    return torch.randint(int(low), int(high), _sizes(size), dtype=dtype, **_given(options))


def _normal(mean: Any = 0.0, std: Any = 1.0, size: Any = None, **options: Any) -> Tensor:
    return torch.normal(mean, std, **_given(options | {"size": None if size is None else _sizes(size)}))


def _line(make: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def line(start: float, end: float, steps: float = 100, **options: Any) -> Tensor:
        return make(start, end, int(steps), **_given(options))

    return line


def _nonzero(self: Tensor, as_list: bool = False) -> Any:
    found = self.nonzero(as_tuple=as_list)
    return [places + 1 for places in found] if as_list else found + 1


def _where(condition: Tensor, self: Any = None, other: Any = None) -> Any:
    if self is None:
        return _nonzero(condition, as_list=True)
    first, second = _argument("other", self, other, False), _argument("other", other, self, False)
    return torch.where(condition, first, second)


def _meshgrid(tensors: Any, indexing: str = "ij") -> list[Tensor]:
    return list(torch.meshgrid(*tensors, indexing=indexing))


def autograd_grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> list[Tensor]:
    """Return the gradients of outputs at inputs."""
    inputs = list(inputs.values()) if isinstance(inputs, dict) else inputs
    found = torch.autograd.grad(outputs, inputs, grad_outputs, retain_graph, create_graph, allow_unused=allow_unused)
    return list(found)


def _all_states(device: float | None = None) -> Any:
    return torch.cuda.get_rng_state_all() if device is None else torch.cuda.get_rng_state(int(device))


def _set_states(state: Any, device: float | None = None) -> None:
    if device is not None:
        return torch.cuda.set_rng_state(state, int(device))
    for number, one in zip(range(torch.cuda.device_count()), state, strict=True):
        torch.cuda.set_rng_state(one, number)
    return None


def _to(self: Tensor, dtype: Any = None, device: Any = None, other: Any = None, **options: Any) -> Tensor:
    return self.to(other) if other is not None else self.to(**_given(options | {"dtype": dtype, "device": device}))


# Verbs and methods that mean something else in PyTorch, or are called otherwise.
VERBS: dict[str, Callable[..., Any]] = {
    **{f"torch_{name}": _sized(getattr(torch, name)) for name in ("zeros", "ones", "empty", "rand", "randn")},
    "torch_full": lambda size, fill_value, **options: torch.full(_sizes(size), fill_value, **_given(options)),
    "torch_randint": _randint,
    "torch_normal": _normal,
    "torch_arange": engine.arange,
    "torch_linspace": _line(torch.linspace),
    "torch_logspace": _line(torch.logspace),
    "torch_eye": lambda n, m=None, **options: torch.eye(int(n), int(m or n), **_given(options)),
    "torch_tensor_from_buffer": engine.from_buffer,
    "torch_device": lambda type, index=None: torch.device(type, *([] if index is None else [int(index)])),
    "torch_manual_seed": engine.manual_seed,
    "torch_set_num_threads": lambda num_threads: torch.set_num_threads(int(num_threads)),
    "torch_split": converted(Tensor.split, "split"),
    "torch_nonzero": _nonzero,
    "torch_where": _where,
    "torch_meshgrid": _meshgrid,
    "torch_index_select": index_select,
    "torch_load": engine.load,
    "autograd_set_grad_mode": torch._C._set_grad_enabled,
    "cuda_get_rng_state": _all_states,
    "cuda_set_rng_state": _set_states,
    "nn_parameter": nn.Parameter,
}
METHODS: dict[str, Callable[..., Any]] = {
    "to": _to,
    "nonzero": _nonzero,
    "index_select": index_select,
    # {torch}'s way to give a parameter other numbers, or the same in another order of memory.
    "set_data": lambda self, new_data: setattr(self, "data", new_data),
    "set_grad_": lambda self, new_grad: setattr(self, "grad", new_grad),
}

# Where the verbs lie that are renames, by what their names begin with.
HOMES = {
    "nn_init_": nn.init, "nn_utils_": nn.utils, "nnf_": functional, "linalg_": torch.linalg, "cuda_": torch.cuda,
    "backends_mps_": torch.backends.mps, "autograd_": torch.autograd, "torch_": torch,
}  # fmt: skip


def verb(name: str) -> Callable[..., Any] | None:
    """Return the function that stands for a verb; None if there is none."""
    if name in VERBS:
        return VERBS[name]
    prefix = next((prefix for prefix in HOMES if name.startswith(prefix)), None)
    if prefix is None:
        return None
    plain = name.removeprefix(prefix)
    home = HOMES[prefix]
    found = getattr(home, plain, None) or getattr(home, plain.removesuffix("_format"), None)
    if isinstance(found, (torch.dtype, torch.memory_format)):
        return lambda: found
    return converted(found, plain, loose=prefix == "nnf_") if callable(found) else None


def is_method(name: str) -> bool:
    """Say whether what stands after the ``$`` of a tensor is a method."""
    return name in METHODS or callable(getattr(Tensor, name))


def tensor_part(name: str) -> Callable[..., Any] | None:
    """Return what stands after the ``$`` of a tensor as a function of the tensor; None if there is nothing."""
    if name in METHODS:
        return METHODS[name]
    found = getattr(Tensor, name, None)
    return converted(found, name) if callable(found) else attrgetter(name) if found is not None else None


def maker(home: str, name: str) -> Callable[..., Any] | None:
    """Return the constructor of a layer, an optimizer or a schedule: ``one_cycle`` is ``OneCycleLR``."""
    place = {"nn": nn, "optim": torch.optim, "lr": torch.optim.lr_scheduler}[home]

    def plain(text: str) -> str:
        return text.lower().replace("_", "").replace("lr", "")

    found = next((c for n, c in vars(place).items() if isinstance(c, type) and plain(n) == plain(name)), None)
    return found and converted(found, name, loose=home == "nn")


def forward_of(module: nn.Module) -> Callable[..., Any]:
    """Return the call of a module, which gets classes or words counted from 1 if it takes some."""
    name = {"CrossEntropyLoss": "cross_entropy", "NLLLoss": "nll_loss", "Embedding": "embedding"}
    counted = name.get(type(module).__name__)
    return converted(module, counted, asked=module.forward) if counted else module.__call__
