# Downhill: a step against the gradient, again and again. Run it from the course's folder, as a script or as a notebook.

# %% start
import torch

import gradpath

gradpath.load_surfaces()
valley = gradpath.get_surface("valley")

# %% by-hand
lr = 0.2
x = torch.tensor([-4.0, 3.0], dtype=torch.float64, requires_grad=True)
for step in range(6):
    value = valley(x)
    print(f"step {step}   x1 {x[0]:9.6f}   x2 {x[1]:9.6f}   value {value:9.6f}")
    value.backward()
    with torch.no_grad():
        x.sub_(x.grad * lr)
    x.grad.zero_()

# %% object
x = torch.tensor([-4.0, 3.0], dtype=torch.float64, requires_grad=True)
opt = torch.optim.SGD([x], lr=0.2)
for step in range(6):
    value = valley(x)
    print(f"step {step}   x1 {x[0]:9.6f}   x2 {x[1]:9.6f}   value {value:9.6f}")
    opt.zero_grad()
    value.backward()
    opt.step()

# %% momentum
path = gradpath.descend("valley", start=(-4, 3), optimizer="momentum", steps=25, lr=0.2, momentum=0.7)
print(f"after {len(path) - 1} steps the value is {path['value'].iloc[-1]:.6f}")
