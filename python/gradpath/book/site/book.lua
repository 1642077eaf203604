-- Gives plain pandoc what Quarto's sources of this book use: tabsets, callouts, cross-references, alternative texts.
-- One pass numbers everything by chapter, a second one resolves the references. The errors it finds are written
-- to stderr as lines that begin with "book:"; the caller stops at the first.

local numbers = {}        -- id -> {label = "Figure", number = "4.1"}
local chapter = 0
local counts = {}
local chapters = {}       -- file of a chapter -> id of its heading

local LABELS = { fig = "Figure", tbl = "Table", eq = "Equation", sec = "Section" }

local function problem(text)
  io.stderr:write("book: " .. text .. "\n")
end

local function kind_of(id)
  return id and id:match("^(%a+)%-")
end

local function count(id)
  local kind = kind_of(id)
  counts[kind] = (counts[kind] or 0) + 1
  if numbers[id] then problem("the id '" .. id .. "' occurs twice; give each its own") end
  local before = chapter > 0 and chapter .. "." or ""
  numbers[id] = { label = LABELS[kind], number = before .. counts[kind] }
  return numbers[id]
end

local function numbered_caption(id, caption)
  local n = count(id)
  local start = pandoc.Inlines { pandoc.Str(n.label .. "\u{a0}" .. n.number .. ":"), pandoc.Space() }
  return start .. caption
end

local function with_alt(image)
  local alt = image.attributes["fig-alt"]
  if alt then
    image.attributes["fig-alt"] = nil
    image.caption = pandoc.Inlines { pandoc.Str(alt) }
    image.attributes["alt"] = nil
  end
  image.attributes["loading"] = "lazy"
  image.title = ""
  return image
end

-- Chapters lie one folder down, the rendered pages do not.
local function from_the_top(path)
  return (path:gsub("^%.%./", ""))
end

local function image(element)
  -- What lessons drew lies beside the chapters.
  element.src = from_the_top(element.src):gsub("^_lessons/", "book/_lessons/")
  return with_alt(element)
end

local function link(element)
  local file, anchor = element.target:match("^([^#:]+%.qmd)(#?.*)$")
  if file then
    local id = chapters[from_the_top(file):gsub("^book/", "")]
    if not id then problem("a link goes to '" .. file .. "', which is no chapter") end
    -- What follows a "=" is a view of the explorer, not a place on a page.
    if anchor:find("=") then
      element.target = (id or "") .. ".html" .. anchor
    else
      element.target = anchor ~= "" and anchor or "#" .. (id or "")
    end
  end
  element.target = from_the_top(element.target)
  return element
end

local function figure_div(div)
  local blocks = div.content
  local last = blocks[#blocks]
  if not last or last.t ~= "Para" then
    problem("the figure '" .. div.identifier .. "' has no caption; end it with a paragraph")
    return div
  end
  blocks:remove(#blocks)
  local caption = numbered_caption(div.identifier, last.content)
  -- Pictures that stand alone became figures of their own while reading; here they are parts of this one.
  local inner = blocks:walk { Figure = function(f) return pandoc.Plain(f.content[1].content) end }
  return pandoc.Figure(inner, { long = { pandoc.Plain(caption) } }, pandoc.Attr(div.identifier, { "book-figure" }))
end

local function lone_figure(figure)
  if kind_of(figure.identifier) ~= "fig" then return nil end
  local caption = figure.caption.long[1] and figure.caption.long[1].content or pandoc.Inlines {}
  figure.caption = { long = { pandoc.Plain(numbered_caption(figure.identifier, caption)) } }
  figure.classes:insert("book-figure")
  return figure
end

local function equation(para)
  local math, id = nil, nil
  for _, inline in ipairs(para.content) do
    if inline.t == "Math" and inline.mathtype == "DisplayMath" then math = inline end
    if inline.t == "Str" then id = inline.text:match("^{#(eq%-[%w-]+)}$") or id end
  end
  if not (math and id) then return nil end
  local n = count(id)
  local number = pandoc.Span({ pandoc.Str("(" .. n.number .. ")") }, pandoc.Attr("", { "equation-number" }))
  return pandoc.Div({ pandoc.Plain { math, number } }, pandoc.Attr(id, { "equation" }))
end

local function table_caption(element)
  local id = element.identifier
  if kind_of(id) ~= "tbl" or not element.caption.long[1] then return nil end
  element.caption.long[1].content = numbered_caption(id, element.caption.long[1].content)
  return pandoc.Div({ element }, pandoc.Attr("", { "table-scroll" }, { tabindex = "0", role = "region", ["aria-label"] = "table" })), false
end

-- A panel keeps its name as a visible title: without JavaScript the panels follow each other.
local function tabset(div)
  local panels, current = {}, nil
  for _, block in ipairs(div.content) do
    if block.t == "Header" then
      current = { title = pandoc.utils.stringify(block), blocks = pandoc.Blocks {} }
      table.insert(panels, current)
    elseif current then
      current.blocks:insert(block)
    else
      problem("a tabset begins without a heading; give its first panel a title")
    end
  end
  local content = pandoc.Blocks {}
  for _, panel in ipairs(panels) do
    local title = pandoc.Div({ pandoc.Plain { pandoc.Str(panel.title) } }, pandoc.Attr("", { "tab-title" }))
    panel.blocks:insert(1, title)
    content:insert(pandoc.Div(panel.blocks, pandoc.Attr("", { "tab-panel" }, { ["data-tab"] = panel.title })))
  end
  return pandoc.Div(content, pandoc.Attr("", { "tabset" }, { ["data-group"] = div.attributes["group"] or "" }))
end

local NAMES = { note = "Note", tip = "Tip", important = "Important", warning = "Warning", caution = "Caution" }

local walker

local function callout(div, kind)
  local title = div.attributes["title"]
  local blocks = div.content:walk(walker)
  if not title and blocks[1] and blocks[1].t == "Header" then
    title = pandoc.utils.stringify(blocks[1])
    blocks:remove(1)
  end
  title = pandoc.utils.stringify(pandoc.read(title or NAMES[kind] or kind, "markdown"))
  title = title:gsub("&", "&amp;"):gsub("<", "&lt;")
  local class = "callout callout-" .. kind
  local result = pandoc.Blocks {}
  if div.attributes["collapse"] == "true" then
    result:insert(pandoc.RawBlock("html", '<details class="' .. class .. '"><summary>' .. title .. "</summary>"))
    result:extend(blocks)
    result:insert(pandoc.RawBlock("html", "</details>"))
  else
    result:insert(pandoc.RawBlock("html", '<div class="' .. class .. '"><p class="callout-title">' .. title .. "</p>"))
    result:extend(blocks)
    result:insert(pandoc.RawBlock("html", "</div>"))
  end
  return result
end

local function div(element)
  -- `false`: what a function returns is not walked again, or it would meet its own result.
  if kind_of(element.identifier) == "fig" then return figure_div(element), false end
  if element.classes:includes("panel-tabset") then return tabset(element) end
  for _, class in ipairs(element.classes) do
    local kind = class:match("^callout%-(%a+)$")
    if kind then return callout(element, kind), false end
  end
end

local section, last_chapter = 0, 0
-- The page of each numbered chapter: what it numbers is linked to from other pages too.
local pages = {}
local function header(element)
  -- Sections of a chapter without a number have none either.
  if element.level > 1 and chapter == 0 then
    element.classes:insert("unnumbered")
    return element, false
  end
  if element.classes:includes("unnumbered") then
    if element.level == 1 then chapter, counts, section = 0, {}, 0 end
    return nil
  end
  if element.level == 1 then
    last_chapter = last_chapter + 1
    chapter, counts, section = last_chapter, {}, 0
    pages[tostring(chapter)] = element.identifier .. ".html"
    if kind_of(element.identifier) == "sec" then
      numbers[element.identifier] = { label = "Chapter", number = tostring(chapter) }
    end
  elseif element.level == 2 then
    section = section + 1
    if kind_of(element.identifier) == "sec" then
      numbers[element.identifier] = { label = "Section", number = chapter .. "." .. section }
    end
  end
end

local function reference(cite)
  local id = cite.citations[1].id
  if not LABELS[kind_of(id) or ""] then return nil end
  local n = numbers[id]
  if not n then
    problem("the reference @" .. id .. " goes nowhere")
    return nil
  end
  local text = n.label .. "\u{a0}" .. n.number
  local page = kind_of(id) ~= "sec" and pages[n.number:match("^(%d+)%.") or ""] or ""
  return pandoc.Link({ pandoc.Str(text) }, page .. "#" .. id, "", pandoc.Attr("", { "crossref" }))
end

-- Top down, so that numbers follow the page; a tabset's headings are gone before headings are counted.
walker = { traverse = "topdown", Header = header, Div = div, Figure = lone_figure, Para = equation, Table = table_caption }

return {
  { Meta = function(meta)
      for file, id in pairs(meta["chapter-ids"] or {}) do chapters[file] = pandoc.utils.stringify(id) end
    end },
  { Image = image, Link = link },
  walker,
  { Cite = reference },
}
