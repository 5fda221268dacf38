// Small improvements of pages that work without them: moments in the reader's
// own time, no second click on a form that is on its way, the choice and the progress
// of an upload.
(function () {
  "use strict";

  // A moment is written as the server writes it, with the month in English like the
  // rest of the page: 22 Nov 2026, 14:02 WET.
  function stampOf(at) {
    return at.getDate() + " " + months[at.getMonth()] + " " + at.getFullYear() + ", " +
      twoDigits(at.getHours()) + ":" + twoDigits(at.getMinutes()) + " " + zoneOf(at);
  }

  var months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

  // Each kind of English has words for the zones of its own parts of the world. Where
  // none has one, the distance stands: UTC-03, UTC+0545.
  var englishes = ["en-GB", "en-US", "en-AU", "en-IN", "en-NZ", "en-ZA"].map(function (language) {
    return new Intl.DateTimeFormat(language, { timeZoneName: "short" });
  });

  function zoneOf(at) {
    var names = englishes.map(function (english) {
      return english.formatToParts(at).filter(function (p) { return p.type === "timeZoneName"; })[0].value;
    });
    var word = names.filter(function (name) { return !/\d/.test(name); })[0];
    if (word) return word;
    var west = at.getTimezoneOffset(), minutes = Math.abs(west) % 60;
    return "UTC" + (west > 0 ? "-" : "+") + twoDigits((Math.abs(west) - minutes) / 60) + (minutes ? twoDigits(minutes) : "");
  }

  function twoDigits(n) { return (n < 10 ? "0" : "") + n; }

  function localTimes(root) {
    root.querySelectorAll("time[datetime]:not([title])").forEach(function (time) {
      var at = new Date(time.dateTime);
      if (isNaN(at)) return;
      time.title = time.textContent;
      time.textContent = stampOf(at);
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
    var request = new XMLHttpRequest();
    var cancel = form.querySelector(".cancel");
    function over(says) {
      sending(form, false);
      say(form, says);
      usableAgain();
      form.querySelector("button[type=submit]").focus();
    }
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = progressOf(form, Date.now());
    // What has arrived may have become a batch: it is cancelled on its own page.
    request.upload.onload = function () {
      cancel.hidden = true;
      form.querySelector(".sent").textContent = "The file has arrived. It is being looked at.";
    };
    request.onload = function () {
      var target = request.getResponseHeader("HX-Redirect");
      if (target) {
        window.location.assign(target);
        return;
      }
      showAnswer(request.responseText);
    };
    request.onabort = function () { over("Cancelled. Nothing was uploaded."); };
    request.onerror = function () {
      // Let the browser try by itself, and say in its own words what is wrong.
      HTMLFormElement.prototype.submit.call(form);
    };
    event.preventDefault();
    cancel.onclick = function () { request.abort(); };
    sending(form, true);
    request.send(new FormData(form));
  }

  function sending(form, on) {
    form.querySelectorAll("progress, .sent, .cancel").forEach(function (part) { part.hidden = !on; });
    form.querySelector("progress").value = 0;
    form.querySelector(".sent").textContent = "";
  }

  // The progress is seen all the time and said at every quarter.
  function progressOf(form, began) {
    var bar = form.querySelector("progress"), quarter = 0;
    return function (sent) {
      if (!sent.lengthComputable) return;
      var share = sent.loaded / sent.total, percent = Math.floor(100 * share);
      var text = percent + "% of " + size(sent.total) + timeLeft(share, Date.now() - began);
      bar.value = percent;
      form.querySelector(".sent").textContent = text;
      if (Math.floor(4 * share) > quarter) {
        quarter = Math.floor(4 * share);
        say(form, text);
      }
    };
  }

  function timeLeft(share, elapsed) {
    if (elapsed < 2000 || share === 0 || share === 1) return "";
    var seconds = Math.ceil(elapsed * (1 - share) / share / 1000);
    if (seconds < 60) return ", " + seconds + (seconds === 1 ? " second" : " seconds") + " left";
    var minutes = Math.ceil(seconds / 60);
    return ", about " + minutes + (minutes === 1 ? " minute" : " minutes") + " left";
  }

  // size writes bytes as the pages do: 17.4 MiB.
  function size(bytes) {
    var units = ["bytes", "KiB", "MiB", "GiB"], unit = 0;
    for (; bytes >= 1024 && unit < units.length - 1; unit++) bytes /= 1024;
    return String(Math.round(10 * bytes) / 10) + " " + units[unit];
  }

  function say(form, text) {
    form.querySelector(".chosen").textContent = text;
  }

  // The name and the size of a file are said before it is sent, and that it is too
  // large.
  function fileChosen(event) {
    var form = event.target.form, file = event.target.files && event.target.files[0];
    if (!form || !form.matches("form.upload") || event.target.type !== "file") return;
    var most = Number(event.target.dataset.most), tooLarge = file && file.size > most;
    event.target.setCustomValidity(tooLarge ? "This file is larger than " + size(most) + "." : "");
    say(form, file ? file.name + ", " + size(file.size) + (tooLarge ? ": larger than the " + size(most) + " that can be uploaded" : "") : "");
  }

  // A file that is dropped anywhere on the page of an upload is chosen, instead of
  // being opened in place of the page.
  function dragged(event) {
    var form = document.querySelector("form.upload");
    if (!form || !event.dataTransfer || Array.from(event.dataTransfer.types).indexOf("Files") < 0) return;
    form.classList.toggle("over", event.type === "dragover");
    if (event.type === "dragleave") return;
    event.preventDefault();
    if (event.type !== "drop" || form.dataset.sent) return;
    var input = form.querySelector("input[type=file]");
    if (event.dataTransfer.files.length !== 1) {
      say(form, "Drop one file, not " + event.dataTransfer.files.length + ".");
      return;
    }
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    form.querySelector("button[type=submit]").focus();
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
    var quiet, source, asking = false;
    function ask() {
      if (asking) return;
      asking = true;
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

  // The account's page offers the time zone of the browser, where it is another one.
  function offerZone(root) {
    var offer = root.querySelector(".zone-offer"), select = document.getElementById("time_zone");
    var own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!offer || !own || select.value === own) return;
    offer.querySelector("b").textContent = own.replace(/_/g, " ");
    offer.hidden = false;
    offer.querySelector("button").onclick = function () {
      if (!Array.from(select.options).some(function (option) { return option.value === own; })) select.add(new Option(own, own));
      select.value = own;
      offer.hidden = true;
      select.focus();
    };
  }

  // Edits of a profile are not left behind unasked; after a refused Save they are edits
  // still, which a refused photo on the same page is not.
  function keepEdits(form) {
    if (!form) return;
    var refused = form.querySelector(".field-problem") || document.querySelector("#conflict");
    var saved = refused ? "" : entriesOf(form), discarded = false;
    form.querySelector(".save a").addEventListener("click", function () { discarded = true; });
    window.addEventListener("beforeunload", function (event) {
      if (!discarded && !form.dataset.sent && entriesOf(form) !== saved) event.preventDefault();
    });
  }

  function entriesOf(form) { return new URLSearchParams(new FormData(form)).toString(); }

  function ready(root) {
    localTimes(root);
    listen();
    offerZone(root);
  }

  document.addEventListener("click", closeMenus);
  document.addEventListener("keydown", closeMenus);
  document.addEventListener("keydown", noteKey);
  document.addEventListener("pointerdown", noteKey);
  document.addEventListener("change", tellTabbed);
  document.addEventListener("change", fileChosen);
  document.addEventListener("dragover", dragged);
  document.addEventListener("dragleave", dragged);
  document.addEventListener("drop", dragged);
  document.addEventListener("submit", sendOnce);
  document.addEventListener("submit", upload);
  document.addEventListener("htmx:load", function (event) { ready(event.target); });
  window.addEventListener("pageshow", usableAgain);
  ready(document);
  keepEdits(document.querySelector("form.profile"));
})();
