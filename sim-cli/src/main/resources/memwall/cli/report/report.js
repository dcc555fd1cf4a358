(function () {
  'use strict';
  var plots = Array.prototype.slice.call(document.querySelectorAll('svg.plot'));
  var tip = document.getElementById('tip');

  function axis(text) {
    var p = text.split(' ');
    return { log: p[0] === 'log', min: +p[1], max: +p[2], from: +p[3], to: +p[4], kind: p[5] };
  }

  function value(a, at) {
    var share = (at - a.from) / (a.to - a.from);
    return a.log ? a.min * Math.pow(a.max / a.min, share) : a.min + share * (a.max - a.min);
  }

  function digits(v) {
    return v === 0 ? '0' : v >= 1000 ? Math.round(v).toLocaleString('en') : String(+v.toPrecision(3));
  }

  function show(kind, v) {
    if (kind === 'percent') { return digits(100 * v) + ' %'; }
    if (kind === 'number') { return digits(v); }
    var s = v / 1e12;
    if (kind === 'time' && s >= 60) {
      var h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60, r = Math.floor(s) % 60;
      return h ? h + ' h ' + m + ' min' : m + ' min ' + r + ' s';
    }
    var units = ['ps', 'ns', 'µs', 'ms', 's'], u = 0;
    while (u < 4 && +v.toPrecision(3) >= 1000) { v /= 1000; u++; }
    return digits(v) + ' ' + units[u];
  }

  function points(path) {
    if (!path.points) {
      path.points = path.getAttribute('d').split(/[ML]/).slice(1).map(function (pair) {
        return pair.split(' ').map(Number);
      });
    }
    return path.points;
  }

  function nearest(list, x) {
    var low = 0, high = list.length - 1;
    while (low < high) {
      var middle = (low + high) >> 1;
      if (list[middle][0] < x) { low = middle + 1; } else { high = middle; }
    }
    return low > 0 && x - list[low - 1][0] < list[low][0] - x ? list[low - 1] : list[low];
  }

  function clear(svg) {
    Array.prototype.slice.call(svg.querySelectorAll('.cursor')).forEach(function (e) { e.remove(); });
    tip.hidden = true;
  }

  function draw(svg, name, attributes) {
    var e = document.createElementNS(svg.namespaceURI, name);
    Object.keys(attributes).forEach(function (k) { e.setAttribute(k, attributes[k]); });
    svg.appendChild(e);
  }

  function move(svg, event) {
    clear(svg);
    var ax = axis(svg.dataset.x), ay = axis(svg.dataset.y);
    var box = svg.getBoundingClientRect(), wide = svg.viewBox.baseVal.width;
    var x = (event.clientX - box.left) * wide / box.width;
    if (x < ax.from - 2 || x > ax.to + 2) { return; }
    var text = '';
    draw(svg, 'path', { 'class': 'cursor', d: 'M' + x + ' ' + ay.from + 'V' + ay.to });
    Array.prototype.slice.call(svg.querySelectorAll('path.line')).forEach(function (path) {
      var p = nearest(points(path), x);
      if (Math.abs(p[0] - x) > 24) { return; }
      draw(svg, 'circle', { 'class': path.getAttribute('class') + ' cursor', r: 4, cx: p[0], cy: p[1] });
      text += '\n' + path.dataset.name + ': ' + show(ay.kind, value(ay, p[1]));
    });
    tip.textContent = show(ax.kind, value(ax, x)) + text;
    tip.hidden = false;
    var left = event.clientX + 14;
    if (left + tip.offsetWidth > window.innerWidth - 8) { left = event.clientX - tip.offsetWidth - 14; }
    tip.style.left = Math.max(4, left) + 'px';
    tip.style.top = Math.max(4, event.clientY - tip.offsetHeight - 10) + 'px';
  }

  plots.forEach(function (svg) {
    svg.addEventListener('pointermove', function (event) { move(svg, event); });
    svg.addEventListener('pointerleave', function () { clear(svg); });
  });

  // What was laid out, for tests and for a reader who doubts: sizes in CSS pixels.
  plots.concat(Array.prototype.slice.call(document.querySelectorAll('svg.stack'))).forEach(function (svg) {
    var box = svg.getBoundingClientRect();
    svg.dataset.laid = Math.round(box.width) + 'x' + Math.round(box.height);
    Array.prototype.slice.call(svg.querySelectorAll('path.line')).forEach(function (path) {
      var size = path.getBoundingClientRect();
      path.dataset.laid = Math.round(size.width) + 'x' + Math.round(size.height);
    });
  });
  document.documentElement.dataset.ready = 'yes';
})();
