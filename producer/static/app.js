// Small improvements of pages that work without them: moments in the reader's
// own time, no second click on a form that is on its way, the progress of an upload.
(function () {
  "use strict";

  var format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

  function localTimes(root) {
    root.querySelectorAll("time[datetime]:not([title])").forEach(function (time) {
      var at = new Date(time.dateTime);
      if (isNaN(at)) return;
      time.title = time.textContent;
      time.textContent = format.format(at);
    });
  }

  // A form is sent once; coming back to the page by the browser's history makes
  // it usable again.
  function sendOnce(event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.querySelectorAll("button[type=submit]").forEach(function (button) {
      button.setAttribute("aria-busy", "true");
    });
  }

  function usableAgain() {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-busy]").forEach(function (button) {
        button.removeAttribute("aria-busy");
      });
    });
  }

  // The file goes out with its progress shown. An answer that is not "go there"
  // is a whole page: it is put in place as if the browser had loaded it.
  function upload(event) {
    var form = event.target;
    if (!form.matches("form.upload") || event.defaultPrevented || !form.reportValidity()) return;
    var bar = form.querySelector("progress");
    var request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = function (sent) {
      if (!sent.lengthComputable) return;
      bar.hidden = false;
      bar.value = Math.floor(100 * sent.loaded / sent.total);
    };
    request.onload = function () {
      var target = request.getResponseHeader("HX-Redirect");
      if (target) {
        window.location.assign(target);
        return;
      }
      showAnswer(request.responseText);
    };
    request.onerror = function () {
      // Let the browser try by itself, and say in its own words what is wrong.
      HTMLFormElement.prototype.submit.call(form);
    };
    event.preventDefault();
    request.send(new FormData(form));
  }

  function showAnswer(html) {
    var answer = new DOMParser().parseFromString(html, "text/html");
    var main = answer.querySelector("main");
    if (!main) {
      window.location.reload();
      return;
    }
    document.title = answer.title;
    document.querySelector("main").replaceWith(document.adoptNode(main));
    ready(document);
    var first = document.querySelector("main [autofocus]") || document.querySelector("main");
    first.focus();
    window.scrollTo(0, 0);
  }

  // An open menu closes when one looks elsewhere.
  function closeMenus(event) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (event.type === "keydown" ? event.key !== "Escape" : menu.contains(event.target)) return;
      if (event.type === "keydown" && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    });
  }

  // "tabbed": a field was changed and left with the Tab key. Left by the mouse, it is
  // none: what the click is for comes first.
  var lastKey = "";

  function noteKey(event) {
    lastKey = event.type === "keydown" ? event.key : "";
  }

  function tellTabbed(event) {
    if (lastKey === "Tab") event.target.dispatchEvent(new Event("tabbed"));
  }

  // The progress of a batch comes as events. Where none can be had, a proxy holds
  // them back or the connection is lost for good, the page asks once a second.
  var told = null;

  function listen() {
    var box = document.getElementById("progress");
    if (!box || told) return;
    var quiet, source;
    function ask() {
      if (source) source.close();
      clearTimeout(quiet);
      told = setInterval(function () {
        var now = document.getElementById("progress");
        if (now) now.dispatchEvent(new Event("poll"));
      }, 1000);
    }
    if (!window.EventSource) {
      ask();
      return;
    }
    told = source = new EventSource(box.dataset.events);
    quiet = setTimeout(ask, 5000);
    source.addEventListener("progress", function (event) {
      clearTimeout(quiet);
      var now = document.getElementById("progress");
      if (now) window.htmx.swap(now, event.data, { swapStyle: "outerHTML" });
    });
    source.addEventListener("moved", function () {
      source.close();
      window.location.reload();
    });
    source.onerror = function () {
      if (source.readyState === EventSource.CLOSED) ask();
    };
    window.addEventListener("pagehide", function () { source.close(); });
  }

  function ready(root) {
    localTimes(root);
    listen();
  }

  document.addEventListener("click", closeMenus);
  document.addEventListener("keydown", closeMenus);
  document.addEventListener("keydown", noteKey);
  document.addEventListener("pointerdown", noteKey);
  document.addEventListener("change", tellTabbed);
  document.addEventListener("submit", sendOnce);
  document.addEventListener("submit", upload);
  document.addEventListener("htmx:load", function (event) { ready(event.target); });
  window.addEventListener("pageshow", usableAgain);
  ready(document);
})();
