"""What the R engine 'pytorch' does faster or more simply in Python: one call here saves several from R."""

import os
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import torch
from gradpath_arithmetic import from_one
from torch import Tensor, nn

# R's types of vectors: the dtype that {torch} makes of them, and numpy's name of what R hands over.
KINDS = {"double": (torch.float32, "f8"), "integer": (torch.int64, "i4"), "logical": (torch.bool, "i4")}


def tensor(
    data: Any, kind: str, shape: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Make a tensor from an R vector: a list of its values, or its bytes, the first dimension running fastest.

    ``kind`` is R's type of the vector. Bytes and not numpy arrays: reticulate knows only some versions of numpy.
    """
    default, code = KINDS[kind]
    # Through float64: a list of numbers must not be rounded to float32 on its way to float64.
    values = np.array(data, dtype=code) if isinstance(data, list) else np.frombuffer(data, dtype=code)
    if shape is not None:
        values = values.reshape(shape, order="F")
    made = torch.from_numpy(np.array(values, order="C"))
    return made.to(dtype=default if dtype is None else dtype, device=device).requires_grad_(requires_grad)


def like(data: Any, kind: str, shape: Any, other: Tensor) -> Tensor:
    """Make a tensor from an R vector that meets ``other`` in an operation: numbers take its floating dtype."""
    floating = kind == "double" and other.is_floating_point()
    return tensor(data, kind, shape, other.dtype if floating else None, other.device)


def as_operand(values: list[Any], other: Tensor) -> Tensor:
    """Make a tensor from an R vector that came as a list."""
    kind = {bool: "logical", int: "integer"}.get(type(values[0]) if values else float, "double")
    return like(values, kind, None, other)


def from_buffer(buffer: bytearray, shape: Any, dtype: str = "float") -> Tensor:
    """Return a tensor over the bytes of an R raw vector, which came here as a copy."""
    made = torch.frombuffer(bytearray(buffer), dtype=getattr(torch, dtype))
    return made.reshape([int(n) for n in (shape if isinstance(shape, list) else [shape])])


def to_list(x: Tensor) -> Any:
    """Return the numbers of a short tensor of at most one dimension; None for others."""
    if x.dim() > 1 or x.numel() > 32:
        return None
    return x.tolist() if x.dim() else [x.item()]


def to_vector(x: Tensor) -> dict[str, Any]:
    """Return R's type, the shape and the bytes of a tensor, the first dimension running fastest."""
    x = x.detach().cpu()
    kind = "logical" if x.dtype == torch.bool else "double" if x.is_floating_point() else "integer"
    x = x.to(torch.float64 if kind == "double" else torch.int32)
    return {"kind": kind, "shape": list(x.shape), "bytes": bytearray(x.numpy().tobytes(order="F"))}


def bytes_of(x: Tensor) -> bytearray:
    """Return the bytes of a tensor that lies in the order of its indices."""
    return bytearray(x.view(-1).view(torch.uint8).numpy())


def shape(x: Tensor) -> list[int]:
    """Return the sizes of a tensor's dimensions."""
    return list(x.shape)


def same(x: Any) -> Any:
    """Return what is given: R fetches it again with its numbers and texts as R's own."""
    return x


def field(x: Any, name: str) -> Any:
    """Return an attribute, or None."""
    return getattr(x, name, None)


@cache
def _printer() -> Any:
    # LibTorch's own way to write a tensor, which is how {torch} prints.
    return torch.jit.CompilationUnit("def shown(x: Tensor) -> str:\n    return str(x)\n").shown


def shown(x: Tensor) -> str:
    """Write a tensor as {torch} does."""
    name = type(x.grad_fn).__name__ if x.grad_fn is not None else None
    end = f"[ grad_fn = <{name}> ]" if name else "[ requires_grad = TRUE ]" if x.requires_grad else ""
    return _printer()(x.detach()) + end


def type_word(x: Any) -> str:
    """Return {torch}'s word for a dtype, or for that of a tensor: Float, Long."""
    return (x if isinstance(x, Tensor) else torch.empty(0, dtype=x)).type().rpartition(".")[2].removesuffix("Tensor")


def index(x: Tensor, items: list[Any], drop: bool) -> Tensor:
    """Apply R's index, (kind, value) for each dimension.

    {torch} applies list-like indices one after another: x[c(1, 2), c(1, 3)] is a 2 by 2 block, not two elements.
    """
    step: list[Any] = []
    kept = 0
    for number, item in enumerate(items, 1):
        place = _place(*item)
        alone = isinstance(place, int)
        step += [place, None] if alone and not drop else [place]
        kept += not alone or not drop
        if isinstance(place, Tensor) and number < len(items):
            x = x[(*step, ...)]
            step = [slice(None)] * kept
    return x[tuple(step)]


def index_put(x: Tensor, items: list[Any], value: Any) -> None:
    """Assign to what R's index names."""
    x[tuple(_place(*item) for item in items)] = value


def _place(kind: str, value: Any) -> Any:
    if kind == "tensor":
        return value if value.dtype == torch.bool else from_one(value)
    if kind == "mask":
        return torch.tensor(value, dtype=torch.bool)
    if kind == "places":
        return from_one(value[0]) if len(value) == 1 else torch.tensor(from_one(value), dtype=torch.int64)
    if kind == "range":
        # From and to, both included; -1 at the end means up to the last.
        start, end, step = value
        end = None if end in (float("inf"), -1) else int(end + 1 if end < 0 else end)
        return slice(from_one(start), end, int(step))
    return {"all": slice(None), "new": None, "fill": ...}[kind]


def arange(
    start: float, end: float | None = None, step: float = 1, layout: Any = None, dtype: Any = None, **options: Any
) -> Tensor:
    """Count from start to end, the end included as in R."""
    if end is None:
        start, end = 1, start
    if dtype is None and all(isinstance(number, int) for number in (start, end, step)):
        dtype = torch.int64
    if dtype is not None and not dtype.is_floating_point:
        return torch.arange(int(start), int(end) + (1 if step > 0 else -1), int(step), dtype=dtype, **options)
    end = float(np.nextafter(end, np.inf if step > 0 else -np.inf))
    return torch.arange(float(start), end, float(step), dtype=dtype, **options)


def manual_seed(seed: float) -> None:
    """Seed the generators."""
    torch.manual_seed(int(seed))


set_field = setattr


def set_grad_enabled(enabled: bool) -> bool:
    """Switch autograd on or off; return what it was."""
    before = torch.is_grad_enabled()
    torch._C._set_grad_enabled(enabled)
    return before


def module_part(module: nn.Module, name: str) -> Any:
    """Return what stands after the ``$`` of a module."""
    if name in {"parameters", "buffers"}:
        return parameters_of(module, name == "buffers")
    if name == "state_dict":
        # A plain dict, which R can hold as a list.
        return lambda: dict(module.state_dict())
    return getattr(module, name, None)


def takes(module: nn.Module, name: str, value: Any) -> bool:
    """Give a module a parameter, a tensor in place of one of its own, or its mode; say whether it was one."""
    own = isinstance(value, nn.Parameter) or name in module._buffers
    if own:
        setattr(module, name, value)
    elif name == "training":
        module.train(value)
    return own or name == "training"


def parameters_of(module: Any, buffers: bool = False) -> dict[str, Tensor]:
    """Return a module's tensors by name, those of its children first, as {torch} lists them."""
    found: dict[str, Tensor] = {}
    for name, child in module._modules.items():
        if child is not None:
            found |= {f"{name}.{key}": value for key, value in parameters_of(child, buffers).items()}
    own = module._buffers if buffers else module._parameters
    found |= {name: value for name, value in own.items() if value is not None}
    kept, seen = {}, set()
    for name, value in found.items():
        if id(value) not in seen:
            seen.add(id(value))
            kept[name] = value
    return kept


def optimizer_params(params: Any) -> list[Any]:
    """Return one tensor, a list of tensors or a list of groups, each with ``params``, as PyTorch wants them."""
    if isinstance(params, Tensor):
        return [params]
    parts = params.values() if isinstance(params, dict) else params
    return [p | {"params": optimizer_params(p["params"])} if isinstance(p, dict) else p for p in parts]


def add_param_group(opt: Any, group: dict[str, Any]) -> None:
    """Add a group of parameters."""
    opt.add_param_group(optimizer_params([group])[0])


def _plain(group: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in group.items()}


def _pairs(group: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in group.items() if key != "params"}


# {torch}'s C++ optimizers hand out copies and take copies; PyTorch's share their tensors with the state.
def _copies(entry: Any) -> dict[str, Any]:
    return {k: v.clone() if isinstance(v, Tensor) else v for k, v in dict(entry).items() if v is not None}


def groups_of(opt: Any) -> list[dict[str, Any]]:
    """Return the parameter groups of an optimizer, plain enough for R."""
    return [_plain(group) for group in opt.param_groups]


def set_groups(opt: Any, groups: list[dict[str, Any]]) -> None:
    """Write the fields of the parameter groups; a pair that came through R as a list is a tuple again."""
    for own, given in zip(opt.param_groups, groups, strict=False):
        own.update(_pairs(given))


def state_of(opt: Any) -> dict[str, Any]:
    """Return a copy of the state of an optimizer; numbers of parameters count from 1."""
    whole = opt.state_dict()
    groups = [_plain(group) | {"params": [n + 1 for n in group["params"]]} for group in whole["param_groups"]]
    return {"param_groups": groups, "state": {str(n + 1): _copies(entry) for n, entry in whole["state"].items()}}


def load_state(opt: Any, state: dict[str, Any]) -> None:
    """Load what state_of() gave."""
    whole = opt.state_dict()
    for own, given in zip(whole["param_groups"], state["param_groups"], strict=True):
        own.update(_pairs(given))
    whole["state"] = {int(number) - 1: _copies(entry) for number, entry in dict(state["state"]).items()}
    opt.load_state_dict(whole)


def load_schedule(schedule: Any, state: dict[str, Any]) -> None:
    """Load the state of a schedule; R has one number where Python had a list of one per group."""
    lists = {"base_lrs", "_last_lr", "min_lrs", "lr_lambdas"} & set(state)
    schedule.load_state_dict(state | {k: state[k] if isinstance(state[k], list) else [state[k]] for k in lists})


def load(path: str, device: Any = "cpu") -> Any:
    """Read a file of tensors; nothing else in it is ever executed."""
    return torch.load(os.path.expanduser(path), map_location=device, weights_only=True)


def write_tensors(file: str, tensors: dict[str, Tensor], texts: dict[str, str]) -> None:
    """Write a safetensors file."""
    from safetensors.torch import save_file

    save_file({name: tensor.clone() for name, tensor in tensors.items()}, file, metadata=texts or None)


def read_tensors(file: str) -> list[dict[str, Any]]:
    """Read a safetensors file: its tensors and its texts."""
    from safetensors import safe_open

    with safe_open(file, framework="pt") as opened:
        # A copy: what is read must not stay tied to a file that may be replaced.
        return [{name: opened.get_tensor(name).clone() for name in opened.keys()}, opened.metadata() or {}]  # noqa: SIM118


def ignore_order_of_steps() -> Any:
    """Stop the warning about a schedule that goes on before its optimizer; return what brings it back."""
    caught = warnings.catch_warnings()
    caught.__enter__()
    warnings.filterwarnings("ignore", "Detected call of `lr_scheduler.step", UserWarning)
    return lambda: caught.__exit__(None, None, None)


class _RuleOptimizer(torch.optim.Optimizer):
    """An optimizer whose step is a function of R's, without arguments."""

    def __init__(self, groups: list[dict[str, Any]], defaults: dict[str, Any], take: Callable[[], None]) -> None:
        super().__init__(groups, defaults)
        self._take = take

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Take it, after the closure, whose value is returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self._take()
        return loss


def rule_optimizer(groups: list[dict[str, Any]], defaults: Any, take: Callable[[], None]) -> torch.optim.Optimizer:
    """Return an optimizer whose step is a function of R's."""
    # An empty list of R's has no names.
    return _RuleOptimizer(optimizer_params(groups), dict(defaults or {}), take)


def version(x: Tensor) -> int:
    """Say how often a tensor was changed in place."""
    return x._version
