// Small helps that the pages can do without. One listener for all: pages come and go by enhanced navigation.
document.addEventListener('click', event => {
  const peek = event.target.closest?.('[data-peek]');
  if (peek) {
    const field = document.getElementById(peek.dataset.peek);
    const hidden = field.type === 'password';
    field.type = hidden ? 'text' : 'password';
    peek.textContent = hidden ? 'Hide' : 'Show';
    peek.setAttribute('aria-label', `${peek.textContent} what is typed`);
    return;
  }

  const link = event.target.closest?.('.site-menu a');
  if (link) {
    const menu = link.closest('.site-menu');
    if (menu.matches(':popover-open')) {
      menu.hidePopover();
    }
  }
});

// A password that was shown must not be offered as ordinary text to the browser's form history.
document.addEventListener('submit', event => {
  for (const peek of event.target.querySelectorAll('[data-peek]')) {
    document.getElementById(peek.dataset.peek).type = 'password';
  }
}, true);

// A sign-in that waits for a seat goes on by itself when it is free.
const startWaiting = () => {
  for (const form of document.querySelectorAll('form[data-submit-after]:not([data-started])')) {
    form.dataset.started = 'true';
    setTimeout(() => form.isConnected && form.requestSubmit(), form.dataset.submitAfter * 1000);
  }
};
startWaiting();
window.Blazor?.addEventListener?.('enhancedload', startWaiting);
