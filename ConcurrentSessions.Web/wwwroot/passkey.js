// <passkey-action> asks the browser for a passkey and posts the answer with the form around it.
//   action="create" | "request"   which ceremony
//   options                       where the server's options come from
//   autofill                      also offer passkeys in the email field's own list
const supported = !!window.PublicKeyCredential?.parseCreationOptionsFromJSON
  && !!window.PublicKeyCredential?.parseRequestOptionsFromJSON;

const words = {
  NotAllowedError: 'No passkey was given. Try again, or use another way.',
  InvalidStateError: 'This device already holds a passkey for your account.',
  SecurityError: 'Passkeys cannot be used under this address.',
  NotSupportedError: 'This device cannot make the kind of passkey that is needed.',
};

class PasskeyAction extends HTMLElement {
  connectedCallback() {
    this.querySelector('button').addEventListener('click', () => this.run());
    if (this.hasAttribute('autofill')) {
      this.offerInField();
    }
  }

  disconnectedCallback() {
    this.running?.abort();
  }

  async offerInField() {
    if (supported && await PublicKeyCredential.isConditionalMediationAvailable?.()) {
      await this.run('conditional');
    }
  }

  async run(mediation) {
    this.running?.abort();
    this.running = new AbortController();
    const { signal } = this.running;
    try {
      if (!supported) {
        throw new Error('This browser does not know passkeys.');
      }
      this.answer('CredentialJson', JSON.stringify(await this.ceremony(mediation, signal)));
    } catch (error) {
      // Taken back, or nobody asked for it: nothing to tell.
      if (signal.aborted || mediation) {
        return;
      }
      this.answer('Error', words[error.name] ?? error.message);
    }
    this.closest('form').submit();
  }

  async ceremony(mediation, signal) {
    const options = await this.fetchOptions(signal);
    return this.getAttribute('action') === 'create'
      ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options), signal })
      : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options), mediation, signal });
  }

  async fetchOptions(signal) {
    const token = this.closest('form').elements.namedItem('__RequestVerificationToken').value;
    const response = await fetch(this.getAttribute('options'), {
      method: 'POST',
      body: new URLSearchParams({ __RequestVerificationToken: token }),
      signal,
    });
    if (!response.ok) {
      throw new Error('The portal did not answer. Reload the page and try again.');
    }
    return response.json();
  }

  answer(part, value) {
    this.querySelector(`input[data-part="${part}"]`).value = value;
  }
}

customElements.define('passkey-action', PasskeyAction);
