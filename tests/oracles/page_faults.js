// Faults of a page, or of a place on it, that a reader would see, as sentences; run in the page.
(place) => {
  const root = document.querySelector(place || "body");
  const faults = [];
  const SLACK = 2; // px
  const width = document.documentElement.clientWidth;
  const name = (text) => `"${text.trim().slice(0, 40)}"`;
  const seen = (box) => box.width > 0 && box.height > 0;
  const apart = (a, b) =>
    a.right <= b.left + SLACK || b.right <= a.left + SLACK ||
    a.bottom <= b.top + SLACK || b.bottom <= a.top + SLACK;

  // What is in sight of a box: a wide table is seen in part, and scrolled for the rest.
  const inSight = (element, box) => {
    let { left, right } = box;
    for (let one = element; one && one !== document.body; one = one.parentElement) {
      if (!["auto", "scroll"].includes(getComputedStyle(one).overflowX)) continue;
      const frame = one.getBoundingClientRect();
      left = Math.max(left, frame.left);
      right = Math.min(right, frame.right);
    }
    return new DOMRect(left, box.top, Math.max(0, right - left), box.height);
  };

  const scrolled = document.documentElement.scrollWidth;
  if (scrolled > width) faults.push(`the page is ${scrolled} px wide on a screen of ${width} px`);

  root.querySelectorAll("section, .panels, figure").forEach((box) => {
    if (box.scrollWidth > box.clientWidth + SLACK)
      faults.push(`${box.tagName} is cut: ${box.scrollWidth} px in ${box.clientWidth} px`);
  });

  root.querySelectorAll("img").forEach((image) => {
    if (!image.complete || !image.naturalWidth || !seen(image.getBoundingClientRect()))
      faults.push(`the picture ${image.getAttribute("src")} is not drawn`);
  });

  // Text of the page itself, line by line.
  const lines = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.textContent.trim() || parent.closest("script, style, pre, .js-plotly-plot")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      const part = inSight(parent, box);
      if (seen(part)) lines.push([node.textContent, part]);
    }
  }

  // Text of the pictures, each in its own.
  root.querySelectorAll(".js-plotly-plot").forEach((plot, number) => {
    const frame = plot.getBoundingClientRect();
    const outer = plot.parentElement.getBoundingClientRect();
    if (frame.right > outer.right + SLACK) faults.push(`picture ${number} is wider than its place`);
    const drawn = plot.querySelectorAll(
      ".js-line, .heatmaplayer image, .points path, .textpoint, .gl-container canvas");
    if (![...drawn].some((one) => seen(one.getBoundingClientRect())))
      faults.push(`picture ${number} shows nothing`);
    const texts = [...plot.querySelectorAll("svg text")]
      .filter((one) => one.textContent.trim() && getComputedStyle(one).visibility !== "hidden")
      .map((one) => [one.textContent, one.getBoundingClientRect()])
      .filter(([, box]) => seen(box));
    for (const [text, box] of texts) {
      const out = box.left < frame.left - SLACK || box.right > frame.right + SLACK ||
        box.top < frame.top - SLACK || box.bottom > frame.bottom + SLACK;
      if (out) faults.push(`${name(text)} is cut in picture ${number}`);
    }
    texts.forEach(([text, box], i) => texts.slice(0, i).forEach(([other, beside]) => {
      if (!apart(box, beside))
        faults.push(`${name(text)} overlaps ${name(other)} in picture ${number}`);
    }));
  });

  lines.forEach(([text, box], i) => {
    if (box.left < -SLACK || box.right > width + SLACK) faults.push(`${name(text)} is cut`);
    lines.slice(0, i).forEach(([other, beside]) => {
      if (!apart(box, beside)) faults.push(`${name(text)} overlaps ${name(other)}`);
    });
  });
  return faults;
}
